import { OffpeakError } from '../../domain/errors.ts'
import type { ReadOptions, RepeatedKeys, SourcePage, SourceReader } from '../../ports/source.ts'
import { SeenKeys } from '../seen-keys.ts'
import { derive, type PipelineOptions, rootKeys } from './derive.ts'
import { pipelinePages } from './pages.ts'
import { pipelineSample } from './sample.ts'

const looksAt = 20

/** Of keys that steps make, so many are looked at: each costs a whole row. */
const mostMade = 200_000

/** A source read through steps; see `SourceReader` for the contract. */
export function pipelineReader<In, Row>(options: PipelineOptions<In, Row>): SourceReader<Row> {
  const { root, limits, beginsWithRootKey, keepsKey, keepsCount, keysFollow } = options
  const read = (readOptions: ReadOptions): AsyncGenerator<SourcePage<Row>, void> =>
    pipelinePages(options, readOptions)
  return {
    check: () => checkFirst(options),
    read,
    ...pipelineSample({
      root,
      derive: (record, tallies) => derive(options, record, tallies),
      read,
      hasLimits: limits.length > 0,
      keepsCount,
    }),
    repeatedKeys: async () => (keysFollow ? ((await root.repeatedKeys?.()) ?? null) : repeatedOf(read)),
    reread:
      root.reread === null || !beginsWithRootKey
        ? null
        : async (keys) => {
            const wanted = new Set(keys)
            const found = new Map<string, Row>()
            for (const [key, row] of (await root.reread?.(rootKeys(options, keys))) ?? []) {
              for (const made of derive(options, { key, row }, null))
                if (made.problem === undefined && wanted.has(made.key)) found.set(made.key, made.row)
            }
            return found
          },
    notes: async () => (await root.notes?.()) ?? [],
    files: () => root.files?.() ?? [],
    tables: async () => (keepsKey ? ((await root.tables?.()) ?? []) : []),
    [Symbol.asyncDispose]: () => root[Symbol.asyncDispose](),
  }
}

/** Keys that steps have made are only known once the rows are read. */
async function repeatedOf(read: SourceReader<unknown>['read']): Promise<RepeatedKeys> {
  const keys = new SeenKeys()
  let looked = 0
  for await (const { records } of read({ after: null, limit: mostMade + 1, order: 'key', only: null }))
    for (const { key, problem } of records) {
      looked += 1
      if (looked > mostMade) return { ...keys.result, hasMore: true }
      if (problem === undefined) keys.add(key)
    }
  return keys.result
}

/** Throws E_SOURCE_ROW when nothing that can be used comes of the first records. */
async function checkFirst<In, Row>(options: PipelineOptions<In, Row>): Promise<void> {
  await options.root.check()
  const problems: string[] = []
  for await (const { records } of options.root.read({
    after: null,
    limit: looksAt,
    order: 'given',
    only: null,
  })) {
    for (const record of records.filter(({ problem }) => problem === undefined)) {
      const made = derive(options, record, null)
      if (made.some(({ problem }) => problem === undefined)) return
      problems.push(...made.flatMap(({ problem }) => problem ?? []))
    }
  }
  const [problem] = problems
  if (problem === undefined) return
  throw new OffpeakError('E_SOURCE_ROW', `None of the first records can be used: ${problem}`, {
    fix: 'Correct the steps that the job puts behind its source.',
  })
}
