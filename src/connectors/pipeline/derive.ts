import { keySeparator } from '../../domain/record-key.ts'
import type { Part, SourceReader, SourceRecord } from '../../ports/source.ts'
import type { Limit, Run } from './steps.ts'
import type { Tally } from './tally.ts'

export interface PipelineOptions<In, Row> {
  readonly root: SourceReader<In>
  readonly run: Run<In, Row>
  readonly limits: readonly Limit[]
  /** Of how many parts the key of the source is; the first of every key here, when records can be found by them. */
  readonly rootKeyParts: number
  readonly beginsWithRootKey: boolean
  /** Records of the source become several: each is told of what it is a part. */
  readonly makesParts: boolean
  readonly keepsKey: boolean
  /** Keys are those of the source, or begin with them: no two records of one key come of two. */
  readonly keysFollow: boolean
  /** No step leaves records out or makes more of them. */
  readonly keepsCount: boolean
}

/** Records that come of one record, with its parts numbered and without what the limits leave out. */
export function derive<In, Row>(
  { run, makesParts }: Pick<PipelineOptions<In, Row>, 'run' | 'makesParts'>,
  record: SourceRecord<In>,
  tallies: readonly Tally[] | null,
): readonly SourceRecord<Row>[] {
  const drafts = run(record, tallies)
  return drafts.flatMap(({ record: made, isLeftOut }, index): readonly SourceRecord<Row>[] => {
    if (isLeftOut) return []
    if (made.problem !== undefined) return [made]
    // What is a part already, as the connector read it, stays one.
    if (!makesParts)
      return [record.problem === undefined && record.part ? { ...made, part: record.part } : made]
    const part: Part = { of: record.key, index, count: drafts.length }
    return [{ ...made, part }]
  })
}

/** The keys of the source that keys of the pipeline begin with, each once. */
export function rootKeys(
  { rootKeyParts }: { readonly rootKeyParts: number },
  keys: Iterable<string>,
): readonly string[] {
  return [
    ...new Set(Array.from(keys, (key) => key.split(keySeparator).slice(0, rootKeyParts).join(keySeparator))),
  ]
}
