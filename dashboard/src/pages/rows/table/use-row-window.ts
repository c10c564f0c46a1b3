import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useSyncExternalStore } from 'react'
import type { RunStatus } from '../../../../../src/server/contract/run.ts'
import { readRows } from '../../../api/rows.ts'
import { runQuery } from '../../../api/runs.ts'
import type { RowsSearch } from '../rows-search.ts'
import { RowWindow } from './row-window.ts'

/** The rows that an address asks for. They are read again when the run has moved. */
export function useRowWindow(
  run: string,
  { outcome, reason, q, batch, answer, sort }: RowsSearch,
  answers: boolean,
): RowWindow {
  const cache = useQueryClient()
  const rows = useMemo(() => {
    const filter = { outcome, reason, q, batch, answer, sort }
    return new RowWindow({
      answers,
      whole: Object.values(filter).every((value) => value === undefined),
      // By its keys or answers, the list has another order.
      span: () =>
        (q ?? answer ?? sort) === undefined ? recordsIn(cache.getQueryData(runQuery(run).queryKey)) : null,
      read: ({ answers: withAnswers, ...page }) =>
        readRows(run, { ...filter, answers: withAnswers || undefined }, page),
    })
  }, [cache, run, outcome, reason, q, batch, answer, sort, answers])
  useEffect(() => rows.open(), [rows])
  useEffect(() => {
    const { queryKey } = runQuery(run)
    const standing = (): string => JSON.stringify(cache.getQueryData(queryKey)?.counts)
    let before = standing()
    return cache.getQueryCache().subscribe(({ query }) => {
      if (query.queryKey[1] !== run || query.queryKey[2] !== 'status') return
      const now = standing()
      if (now === before) return
      before = now
      rows.refresh()
    })
  }, [cache, run, rows])
  useSyncExternalStore(rows.subscribe, rows.version)
  return rows
}

function recordsIn(status: RunStatus | undefined): number | null {
  if (status === undefined) return null
  return Object.values(status.counts).reduce((sum, count) => sum + count, status.pending)
}
