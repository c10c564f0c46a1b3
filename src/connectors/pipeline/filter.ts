import type { Step } from './steps.ts'

/** Lets through what `keep` says true of. Anything but true or false is a mistake, which must not select records. */
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
