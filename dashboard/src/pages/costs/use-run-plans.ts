import { useInfiniteQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import type { RunSummary } from '../../../../src/server/contract/run.ts'
import { runsQuery } from '../../api/runs.ts'

/** More pages of runs than that are not read for their plans. */
const mostPages = 10

/** The runs by their name, read until all that are asked for are there. */
export function useRunPlans(wanted: readonly string[], enabled: boolean): ReadonlyMap<string, RunSummary> {
  const { data, hasNextPage, isFetching, isError, fetchNextPage } = useInfiniteQuery({
    ...runsQuery({}),
    enabled,
  })
  const known = new Map(data?.pages.flatMap(({ items }) => items).map((run) => [run.run, run]))
  const missing = enabled && wanted.some((run) => !known.has(run))
  const goesOn = missing && hasNextPage && !isFetching && !isError && (data?.pages.length ?? 0) < mostPages
  useEffect(() => {
    if (goesOn) void fetchNextPage()
  }, [goesOn, fetchNextPage])
  return known
}
