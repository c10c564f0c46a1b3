import { threwWords } from '../../domain/user-code.ts'
import type { SourceRecord } from '../../ports/source.ts'
import type { Tally } from './tally.ts'
import { keySeparator } from '../../domain/record-key.ts'

/** The record of the source that others are made from. */
export interface Root {
  readonly key: string
  readonly row: unknown
}

export type UsableRecord<Row> = Extract<SourceRecord<Row>, { readonly problem?: undefined }>

/** A record on its way through the steps. What a limit leaves out goes on: it still counts as a part. */
export interface Draft<Row> {
  readonly record: SourceRecord<Row>
  readonly isLeftOut: boolean
}

/** A function from one record of the source to all records that come of it. Without tallies no limit holds. */
export type Run<In, Out> = (
  record: SourceRecord<In>,
  tallies: readonly Tally[] | null,
) => readonly Draft<Out>[]

/** A function from one record to the records it becomes. What it throws is the problem of that record. */
export type Step<In, Out> = (record: UsableRecord<In>, root: Root) => readonly SourceRecord<Out>[]

/** The steps of a source, made ready when it is opened, and its limits, which count from the start of a reading. */
export interface Steps<In, Out> {
  readonly limits: readonly Limit[]
  open(): Promise<Run<In, Out>>
}

export interface Limit {
  /** How many of each value are let through. */
  readonly most: number
  /** The limit is of all records: when it is reached, nothing comes any more. */
  readonly isOfAll: boolean
}

export function noSteps<Row>(): Steps<Row, Row> {
  return { limits: [], open: () => Promise.resolve((record) => [{ record, isLeftOut: false }]) }
}

/** The steps with one more, called `name` in problems. Records with a problem pass it untouched. */
export function withStep<In, Row, Out>(
  steps: Steps<In, Row>,
  name: string,
  prepare: () => Promise<Step<Row, Out>>,
): Steps<In, Out> {
  return {
    limits: steps.limits,
    async open() {
      const run = await steps.open()
      const step = await prepare()
      return (root, tallies) =>
        run(root, tallies).flatMap(({ record, isLeftOut }): readonly Draft<Out>[] => {
          if (record.problem !== undefined || root.problem !== undefined)
            return [{ record: { key: record.key, problem: record.problem ?? '' }, isLeftOut }]
          return tried(name, record.key, () => step(record, root)).map((made) => ({
            record: made,
            isLeftOut,
          }))
        })
    },
  }
}

function tried<Out>(
  name: string,
  key: string,
  make: () => readonly SourceRecord<Out>[],
): readonly SourceRecord<Out>[] {
  try {
    return make()
  } catch (thrown) {
    return [{ key, problem: `${name} threw${threwWords(thrown)}` }]
  }
}

/**
 * A step that lets through the rows for which `keep` is true. Anything but true or false is a mistake, which must not
 * select records.
 */
export function filterStep<Row>(keep: (row: Row) => boolean): Step<Row, Row> {
  return (record) => {
    const kept: unknown = keep(record.row)
    if (typeof kept === 'boolean') return kept ? [record] : []
    return [{ key: record.key, problem: `filter must give true or false, not ${nameOf(kept)}` }]
  }
}

function nameOf(value: unknown): string {
  if (value instanceof Promise) return 'a promise'
  return value === null ? 'null' : typeof value
}

/** A step that makes a record of each row that `parts` gives, with the index in its key. */
export function flatMapStep<Row, Made>(parts: (row: Row) => readonly Made[]): Step<Row, Made> {
  return ({ key, row }) => {
    const made = parts(row)
    if (!Array.isArray(made)) return [{ key, problem: 'flatMap must give an array of rows' }]
    return made.map((row: Made, index) => ({ key: `${key}${keySeparator}${index}`, row }))
  }
}
