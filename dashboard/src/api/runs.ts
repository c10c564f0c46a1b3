import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type { Events } from '../../../src/server/contract/event.ts'
import type { ErrorGroups, RecordDetail } from '../../../src/server/contract/row.ts'
import type { ReviewQueue } from '../../../src/server/contract/review.ts'
import type { Plan } from '../../../src/server/contract/plan.ts'
import type { Remedies, RunState, RunStatus, RunSummary, Timeline } from '../../../src/server/contract/run.ts'
import { path, request } from './request.ts'

/** One page of a list, as the server gives it. */
export interface ServerPage<Item> {
  readonly items: readonly Item[]
  readonly nextCursor: string | null
}

export interface RunFilter {
  readonly job?: string | undefined
  readonly state?: RunState | undefined
}

export interface RowFilter {
  /** Names of outcomes, with commas between. */
  readonly outcome?: string | undefined
  readonly reason?: string | undefined
  /** How the key begins. */
  readonly q?: string | undefined
  readonly batch?: number | undefined
  /** What the answer has in it. */
  readonly answer?: string | undefined
  /** A field, with `-` before it for the highest first. */
  readonly sort?: string | undefined
  /** Whether the answers come along; slower. */
  readonly answers?: boolean | undefined
}

/** The key of everything that is cached about one run. */
export function runKey(run: string): readonly ['run', string] {
  return ['run', run]
}

export function runsQuery(filter: RunFilter) {
  return infiniteQueryOptions({
    queryKey: ['runs', filter],
    queryFn: ({ pageParam, signal }) =>
      request<ServerPage<RunSummary>>('GET', '/runs', {
        query: { ...filter, cursor: pageParam, limit: 50 },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
  })
}

export function runQuery(run: string) {
  return queryOptions({
    queryKey: [...runKey(run), 'status'],
    queryFn: ({ signal }) => request<RunStatus>('GET', path`/runs/${run}`, { signal }),
  })
}

export function recordQuery(run: string, key: string) {
  return queryOptions({
    queryKey: [...runKey(run), 'record', key],
    queryFn: ({ signal }) => request<RecordDetail>('GET', path`/runs/${run}/rows/${key}`, { signal }),
  })
}

export function errorsQuery(run: string) {
  return queryOptions({
    queryKey: [...runKey(run), 'errors'],
    queryFn: ({ signal }) => request<ErrorGroups>('GET', path`/runs/${run}/errors`, { signal }),
  })
}

export function remediesQuery(run: string) {
  return queryOptions({
    queryKey: [...runKey(run), 'remedies'],
    queryFn: ({ signal }) => request<Remedies>('GET', path`/runs/${run}/remedies`, { signal }),
  })
}

export function planQuery(run: string) {
  return queryOptions({
    queryKey: [...runKey(run), 'plan'],
    queryFn: ({ signal }) => request<Plan>('GET', path`/runs/${run}/plan`, { signal }),
  })
}

export function timelineQuery(run: string) {
  return queryOptions({
    queryKey: [...runKey(run), 'timeline'],
    queryFn: ({ signal }) => request<Timeline>('GET', path`/runs/${run}/timeline`, { signal }),
  })
}

export function historyQuery(run: string) {
  return infiniteQueryOptions({
    queryKey: [...runKey(run), 'history'],
    queryFn: ({ pageParam, signal }) =>
      request<Events>('GET', path`/runs/${run}/history`, {
        query: { cursor: pageParam, limit: 200 },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
  })
}

export function reviewQuery(run: string, wish: { readonly source: string; readonly sample: number }) {
  return queryOptions({
    queryKey: [...runKey(run), 'review', wish],
    queryFn: ({ signal }) => request<ReviewQueue>('GET', path`/runs/${run}/review`, { query: wish, signal }),
  })
}
