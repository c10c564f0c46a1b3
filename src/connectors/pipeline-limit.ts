import { OffpeakError } from '../domain/errors.ts'
import type { SourceRecord } from '../ports/source.ts'
import type { Draft, Limit, Steps } from './pipeline-steps.ts'
import { isObject } from './record.ts'

const maxValues = 100_000

/** A moment of a tally, and what was counted right after it. Earlier moments are forgotten unless somebody holds them. */
export interface Moment {
  next: { readonly value: string; readonly moment: Moment } | null
}

/** How many records of each value were let through, now and at any moment that somebody has kept. */
export class Tally {
  readonly #counts: Map<string, number>
  now: Moment = { next: null }

  constructor(counts: Iterable<readonly [string, number]>) {
    this.#counts = new Map(counts)
  }

  of(value: string): number {
    return this.#counts.get(value) ?? 0
  }

  /** Throws E_SOURCE_ROW when there are too many values to remember. */
  add(value: string): void {
    this.#counts.set(value, this.of(value) + 1)
    if (this.#counts.size > maxValues) {
      throw new OffpeakError('E_SOURCE_ROW', 'limitPer has met more than 100,000 values of its field', {
        fix: 'Name a field with fewer values, or rank the rows in the query: row_number() over (partition by …).',
      })
    }
    const moment: Moment = { next: null }
    this.now.next = { value, moment }
    this.now = moment
  }

  at(moment: Moment): readonly (readonly [string, number])[] {
    const counts = new Map(this.#counts)
    for (let later = moment.next; later !== null; later = later.moment.next) {
      const before = (counts.get(later.value) ?? 0) - 1
      if (before === 0) counts.delete(later.value)
      else counts.set(later.value, before)
    }
    return [...counts]
  }
}

/**
 * The steps, ended by a limit of so many records of each value; `valueOf` gives null for what the limit does not
 * concern. When all that comes of a record is left out, no further step sees it.
 */
export function withLimit<In, Row>(
  steps: Steps<In, Row>,
  limit: Limit,
  valueOf: (record: SourceRecord<Row>) => string | null,
): Steps<In, Row> {
  const own = steps.limits.length
  return {
    limits: [...steps.limits, limit],
    async open() {
      const run = await steps.open()
      return (root, tallies) => {
        const drafts = run(root, tallies)
        const tally = tallies?.[own]
        if (tally === undefined) return drafts
        const passed = drafts.map((draft): Draft<Row> => {
          const value = draft.isLeftOut ? null : valueOf(draft.record)
          if (value === null) return draft
          if (tally.of(value) >= limit.most) return { ...draft, isLeftOut: true }
          tally.add(value)
          return draft
        })
        return passed.every(({ isLeftOut }) => isLeftOut) ? [] : passed
      }
    },
  }
}

/** What `limitPer` counts by: equal values have equal texts. No value is one too; a record with a problem has none. */
export function valueOfField<Row>(record: SourceRecord<Row>, field: keyof Row & string): string | null {
  if (record.problem !== undefined) return null
  const value: unknown = isObject(record.row) ? record.row[field] : undefined
  try {
    return JSON.stringify(value) ?? 'null'
  } catch {
    // A bigint, or an object with one.
    return String(value)
  }
}
