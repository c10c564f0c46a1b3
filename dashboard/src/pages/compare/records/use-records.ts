import { useInfiniteQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { ComparedRecord } from '../../../../../src/server/contract/compare.ts'
import { comparedQuery, type Sides } from '../../../api/compare.ts'

/** So many pages are looked through by themselves; then a person says whether to go on. */
const pagesAtOnce = 8
/** The next page comes when so few are left. */
const ahead = 12

export interface RecordsOptions {
  readonly changed: boolean
  /** Only those that B has a lower score for. */
  readonly worse: boolean
  /** The record that is looked at; absent: the first. */
  readonly key: string | undefined
}

export interface FoundRecords {
  readonly records: readonly ComparedRecord[]
  /** The place of the current one; -1 when there is none. */
  readonly at: number
  /** How many were read, whether they are shown or not. */
  readonly read: number
  readonly more: 'none' | 'coming' | 'more'
  readonly error: Error | null
  readonly lookOn: () => void
}

/** The records that both sides have, read as far as they are needed. */
export function useRecords(sides: Sides, { changed, worse, key }: RecordsOptions): FoundRecords {
  const asked = useInfiniteQuery(comparedQuery(sides, changed))
  const { data, error, hasNextPage, isFetching, isError, fetchNextPage, refetch } = asked
  const all = data?.pages.flatMap(({ items }) => items) ?? []
  const records = worse ? all.filter(isWorse) : all
  const found = key === undefined ? 0 : records.findIndex((record) => record.key === key)
  const needed = found < 0 || records.length - found <= ahead
  const pages = data?.pages.length ?? 0
  const [mayRead, setMayRead] = useState({ key, pages: pages + pagesAtOnce })
  // Whoever walks on reads on.
  if (mayRead.key !== key) setMayRead({ key, pages: pages + pagesAtOnce })
  const goesOn = hasNextPage && needed && pages < mayRead.pages
  useEffect(() => {
    if (goesOn && !isFetching && !isError) void fetchNextPage()
  }, [goesOn, isFetching, isError, fetchNextPage])
  return {
    records,
    at: records.length === 0 ? -1 : Math.max(0, found),
    read: all.length,
    more: data === undefined || goesOn ? 'coming' : hasNextPage ? 'more' : 'none',
    error,
    lookOn: () => {
      setMayRead({ key, pages: pages + pagesAtOnce })
      void (data === undefined ? refetch() : fetchNextPage())
    },
  }
}

export function isWorse({ scoreA, scoreB }: ComparedRecord): boolean {
  return scoreA !== null && scoreB !== null && scoreB < scoreA
}
