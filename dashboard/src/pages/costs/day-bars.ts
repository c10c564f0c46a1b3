import type { CostRow } from '../../../../src/server/contract/cost.ts'

/** Stacked bars: one for each day or week, one series for each job and one for what is reserved. */
export interface DayBars {
  /** What each bar is called: `14 Nov`, `today`, `week of 9 Nov`. */
  readonly names: readonly string[]
  readonly series: readonly { readonly name: string; readonly values: readonly number[] }[]
  readonly reserved: readonly number[]
}

const dayMs = 86_400_000
/** More bars than that are weeks. */
const mostDays = 120
const otherName = 'other jobs'

/**
 * The bars of a time, without gaps: from `since`, or the first day that has something, until today. Days are UTC, as
 * in the ledger. The dearest jobs come first; what is beyond `mostSeries` is one.
 */
export function dayBars(
  rows: readonly CostRow[],
  since: number | null,
  now: number,
  mostSeries: number,
): DayBars {
  const at = (row: CostRow): number => Date.parse(`${row.name}T00:00:00Z`)
  const today = Math.floor(now / dayMs)
  const first = Math.min(
    today,
    since === null ? today : Math.floor(since / dayMs),
    ...rows.map((row) => Math.floor(at(row) / dayMs)),
  )
  const width = today - first >= mostDays ? 7 : 1
  // Counted back from today, so that the last week is a whole one.
  const placeOf = (day: number): number => bars - 1 - Math.floor((today - day) / width)
  const bars = Math.floor((today - first) / width) + 1
  const jobs = dearestFirst(rows)
  const own = jobs.length <= mostSeries ? jobs : jobs.slice(0, mostSeries - 1)
  const nameOf = (row: CostRow): string => (own.includes(row.series ?? '') ? (row.series ?? '') : otherName)
  const series = new Map(
    [...own, ...(own.length < jobs.length ? [otherName] : [])].map((name) => [
      name,
      Array.from({ length: bars }, () => 0),
    ]),
  )
  const reserved = Array.from({ length: bars }, () => 0)
  for (const row of rows) {
    const place = placeOf(Math.floor(at(row) / dayMs))
    const values = series.get(nameOf(row))
    if (values !== undefined) values[place] = (values[place] ?? 0) + row.spentMicroUsd
    reserved[place] = (reserved[place] ?? 0) + row.reservedMicroUsd
  }
  return {
    names: Array.from({ length: bars }, (_, place) => nameOfBar(place, bars, width, today)),
    series: [...series].map(([name, values]) => ({ name, values })),
    reserved,
  }
}

function dearestFirst(rows: readonly CostRow[]): readonly string[] {
  const spent = new Map<string, number>()
  for (const { series, spentMicroUsd } of rows)
    spent.set(series ?? '', (spent.get(series ?? '') ?? 0) + spentMicroUsd)
  return [...spent].toSorted(([, one], [, other]) => other - one).map(([name]) => name)
}

const days = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' })

function nameOfBar(place: number, bars: number, width: number, today: number): string {
  const back = (bars - 1 - place) * width
  if (width === 1) return back === 0 ? 'today' : days.format((today - back) * dayMs)
  return back === 0 ? 'this week' : `week to ${days.format((today - back) * dayMs)}`
}
