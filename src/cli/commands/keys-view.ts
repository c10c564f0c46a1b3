import type { KeyRow } from '../../ports/state.ts'
import { formatAgo, formatTime } from '../screen/format.ts'
import { formatUsd } from '../../wording/amount.ts'
import type { Paint } from '../screen/paint.ts'
import { type Column, table } from '../screen/table.ts'

export type KeyState = 'valid' | 'expired' | 'removed'

export function runTotalsOf({ revokedAt, expiresAt }: KeyRow, now: number): KeyState {
  if (revokedAt !== null) return 'removed'
  return expiresAt !== null && expiresAt <= now ? 'expired' : 'valid'
}

/** The jobs that a key is for; null: all. */
export function jobsOf({ jobs }: Pick<KeyRow, 'jobs'>): readonly string[] | null {
  if (jobs === null) return null
  const names: unknown = JSON.parse(jobs)
  return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : []
}

/** All keys as a table: what each may, and what it has taken of its budget. */
export function keysView(
  rows: readonly KeyRow[],
  {
    paint,
    columns,
    now,
    taken,
  }: {
    readonly paint: Paint
    readonly columns: number
    readonly now: number
    /** Spent and reserved, by key. */
    readonly taken: ReadonlyMap<string, number>
  },
): string {
  const shown: readonly Column<KeyRow>[] = [
    { title: 'id', value: ({ id }) => id },
    { title: 'name', value: ({ name }) => name, shrink: true, paint: paint.strong },
    { title: 'scope', value: ({ scope }) => scope },
    { title: 'jobs', value: (row) => jobsOf(row)?.join(', ') ?? 'all', shrink: true },
    {
      title: 'budget',
      value: ({ id, budgetMicroUsd }) =>
        budgetMicroUsd === null ? '-' : `${formatUsd(taken.get(id) ?? 0)} of ${formatUsd(budgetMicroUsd)}`,
      right: true,
    },
    { title: 'made', value: ({ createdAt }) => formatTime(createdAt) },
    {
      title: 'used',
      value: ({ lastUsedAt }) => (lastUsedAt === null ? 'never' : formatAgo(lastUsedAt, now)),
    },
    {
      title: 'ends',
      value: (row) => {
        const standing = runTotalsOf(row, now)
        if (standing !== 'valid') return standing
        return row.expiresAt === null ? '-' : formatTime(row.expiresAt)
      },
      paint: (text, row) => (runTotalsOf(row, now) === 'valid' ? text : paint.bad(text)),
    },
  ]
  return table(shown, rows, { paint, width: columns })
}
