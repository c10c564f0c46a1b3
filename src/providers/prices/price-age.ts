import { priceTable } from './price-table.ts'

/** How old the built-in prices are. */
export interface PriceAge {
  /** The day of the oldest source, and how many days ago that was. */
  readonly asOf: string
  readonly ageDays: number
  /** Newest first. */
  readonly sources: readonly {
    readonly source: string
    readonly asOf: string
    readonly ageDays: number
    /** How many prices are from it. */
    readonly rows: number
  }[]
}

const dayMs = 86_400_000

/** The age of the table at a time, in whole days; a clock that is behind makes it 0. */
export function priceAge(nowMs: number): PriceAge {
  const ageDays = (asOf: string): number => Math.max(0, Math.floor((nowMs - Date.parse(asOf)) / dayMs))
  const bySource = Map.groupBy(priceTable, ({ source, asOf }) => JSON.stringify([asOf, source]))
  const sources = [...bySource.values()].flatMap(([first, ...others]) =>
    first === undefined
      ? []
      : [
          {
            source: first.source,
            asOf: first.asOf,
            ageDays: ageDays(first.asOf),
            rows: 1 + others.length,
          },
        ],
  )
  const newestFirst = sources.toSorted((one, other) => other.asOf.localeCompare(one.asOf))
  const asOf = newestFirst.at(-1)?.asOf ?? ''
  return { asOf, ageDays: ageDays(asOf), sources: newestFirst }
}
