import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type {
  ComparedPage,
  Comparison,
  Preference,
  SeveralCompared,
} from '../../../src/server/contract/compare.ts'
import { request } from './request.ts'

/** Two sides: a run, or `run:variant`. */
export interface Sides {
  readonly a: string
  readonly b: string
}

export function comparisonQuery({ a, b }: Sides, sample: number) {
  return queryOptions({
    queryKey: ['compare', a, b, 'whole', sample],
    queryFn: ({ signal }) => request<Comparison>('GET', '/compare', { query: { a, b, sample }, signal }),
  })
}

/** The newest runs of a job's candidates, each compared with the first. */
export function candidatesQuery(job: string) {
  return queryOptions({
    queryKey: ['compare', 'candidates', job],
    queryFn: ({ signal }) =>
      request<SeveralCompared>('GET', '/compare/candidates', { query: { job }, signal }),
  })
}

export function comparedQuery({ a, b }: Sides, changed: boolean) {
  return infiniteQueryOptions({
    queryKey: ['compare', a, b, 'records', changed],
    queryFn: ({ pageParam, signal }) =>
      request<ComparedPage>('GET', '/compare/records', {
        query: { a, b, changed, cursor: pageParam, limit: 50 },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
  })
}

/** Null takes a preference back. */
export function prefer(
  wish: Sides & { readonly key: string; readonly preference: Preference | null },
): Promise<{ preferred: Comparison['preferred'] }> {
  return request('POST', '/compare/preferences', { body: wish })
}
