import { checkOptions } from '../../planning/known-options.ts'
import { OffpeakError } from '../../domain/errors.ts'
import type { ChunkOptions, Source, SourceDefinition, TextField } from '../../ports/source.ts'
import type { Chunked } from './chunk.ts'
import { filterStep, flatMapStep, noSteps, type Step, type Steps, withStep } from './steps.ts'
import { keyStep } from './key.ts'
import { valueOfField, withLimit } from './limit.ts'
import type { PipelineOptions } from './derive.ts'

/** A source that job files can change step by step, made of what a connector implements. */
export function chain<Row>(definition: SourceDefinition<Row>): Source<Row> {
  const facts = {
    beginsWithRootKey: true,
    makesParts: false,
    keepsKey: true,
    keepsCount: true,
    keysFollow: true,
  }
  const stepped = piped({ definition, steps: noSteps<Row>(), keyFields: definition.key, words: [], facts })
  const source: Source<Row> = {
    ...stepped,
    open: (context) => definition.open(context),
    limit: (count) => chain(definition.limit(checkCount('limit', count))),
    limitPer: (field, count) => (count === undefined ? source : stepped.limitPer(field, count)),
  }
  return source
}

type Facts = Pick<
  PipelineOptions<unknown, unknown>,
  'beginsWithRootKey' | 'makesParts' | 'keepsKey' | 'keepsCount' | 'keysFollow'
>

/** A connector's source, and what a job file has put behind it. */
interface Pipeline<In, Row> {
  readonly definition: SourceDefinition<In>
  readonly steps: Steps<In, Row>
  readonly keyFields: readonly string[]
  /** The steps, for people. */
  readonly words: readonly string[]
  readonly facts: Facts
}

function piped<In, Row>(pipeline: Pipeline<In, Row>): Source<Row> {
  const { definition, steps, keyFields, words, facts } = pipeline
  const source: Source<Row> = {
    kind: definition.kind,
    describe: [definition.describe, ...words].join(' · '),
    keyFields,
    async open(context) {
      const { pipelineReader } = await import('./reader.ts')
      const run = await steps.open()
      const root = await definition.open(context)
      return pipelineReader({
        root,
        run,
        limits: steps.limits,
        rootKeyParts: definition.key.length,
        ...facts,
      })
    },
    limit(count) {
      const limit = { most: checkCount('limit', count), isOfAll: true }
      // The connector's own limit reads no further than it has to.
      if (facts.keepsCount && steps.limits.length === 0)
        return piped({ ...pipeline, definition: definition.limit(count) })
      const limited = withLimit(steps, limit, () => '')
      return piped({ ...pipeline, steps: limited, words: [...words, `the first ${count}`] })
    },
    ...steppers(pipeline),
    limitPer(field, count) {
      if (count === undefined) return source
      const limit = { most: checkCount('limitPer', count), isOfAll: false }
      const limited = withLimit(steps, limit, (record) => valueOfField(record, field))
      return piped({ ...pipeline, steps: limited, words: [...words, `the first ${count} of each ${field}`] })
    },
  }
  return source
}

function steppers<In, Row>(
  pipeline: Pipeline<In, Row>,
): Pick<Source<Row>, 'filter' | 'flatMap' | 'key' | 'chunk'> {
  const { definition, steps, keyFields, facts } = pipeline
  const then = <Next>(
    next: Steps<In, Next>,
    words: string | null,
    changes: Partial<Facts>,
    keyFields: readonly string[] = pipeline.keyFields,
  ): Source<Next> =>
    piped({
      definition,
      steps: next,
      keyFields,
      words: words === null ? pipeline.words : [...pipeline.words, words],
      facts: { ...facts, ...changes },
    })
  const ready =
    <Next>(step: Step<Row, Next>): (() => Promise<Step<Row, Next>>) =>
    () =>
      Promise.resolve(step)
  const parts: Partial<Facts> = { makesParts: true, keepsKey: false, keepsCount: false }

  return {
    filter: (keep) =>
      then(withStep(steps, 'filter', ready(filterStep(keep))), 'filtered', { keepsCount: false }),
    flatMap: (make) =>
      then(withStep(steps, 'flatMap', ready(flatMapStep(make))), 'in parts', parts, [...keyFields, 'part']),
    key(...fields) {
      const beginsWithRootKey = definition.key.every((name, index) => fields[index] === name)
      const step = keyStep<Row>(fields, beginsWithRootKey ? definition.key : null)
      return then(
        withStep(steps, 'key', ready(step)),
        null,
        { beginsWithRootKey, keepsKey: false, keysFollow: false },
        fields,
      )
    },
    chunk<Field extends TextField<Row>>(options: ChunkOptions<Field>): Source<Chunked<Row, Field>> {
      checkChunk(options)
      return then(
        withStep(steps, 'chunk', async () => (await import('./chunk.ts')).chunkStep<Row, Field>(options)),
        `in chunks of ${options.tokens} tokens`,
        parts,
        [...keyFields, 'chunk'],
      )
    },
  }
}

function checkCount(name: string, count: number): number {
  if (Number.isSafeInteger(count) && count >= 0) return count
  throw new OffpeakError('E_USAGE', `${name} takes a whole number of records, not ${String(count)}`)
}

function checkChunk(options: ChunkOptions): void {
  checkOptions('chunk', options, {
    field: 'needed',
    tokens: 'checked',
    overlap: 'optional',
    encoding: 'optional',
  })
  const { tokens, overlap = 0 } = options
  if (!Number.isSafeInteger(tokens) || tokens < 1)
    throw new OffpeakError('E_USAGE', `chunk takes a whole number of tokens, not ${String(tokens)}`)
  if (!(overlap >= 0 && overlap <= 0.9))
    throw new OffpeakError('E_USAGE', `the overlap of chunk is a share from 0 to 0.9, not ${String(overlap)}`)
}
