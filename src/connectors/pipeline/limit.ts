import type { SourceRecord } from '../../ports/source.ts'
import type { Draft, Limit, Steps } from './steps.ts'
import { fieldOf } from '../../domain/own-value.ts'

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

/**
 * The text by which `limitPer` counts: equal values have equal texts. No value is one too; a record with a problem has
 * none.
 */
export function valueOfField<Row>(record: SourceRecord<Row>, field: keyof Row & string): string | null {
  if (record.problem !== undefined) return null
  const value = fieldOf(record.row, field)
  try {
    return JSON.stringify(value) ?? 'null'
  } catch {
    // A bigint, or an object with one.
    return String(value)
  }
}
