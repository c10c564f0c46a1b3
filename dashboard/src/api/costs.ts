import { queryOptions } from '@tanstack/react-query'
import type { Costs, Quotas } from '../../../src/server/contract/cost.ts'
import { request } from './request.ts'

export type CostsBy = Costs['by']

/** `since`: a duration like `30d`; absent: from the beginning. */
export function costsQuery(wish: {
  readonly by: CostsBy
  readonly series?: CostsBy | undefined
  readonly since?: string | undefined
}) {
  return queryOptions({
    queryKey: ['costs', wish],
    queryFn: ({ signal }) => request<Costs>('GET', '/costs', { query: wish, signal }),
  })
}

export function quotaQuery() {
  return queryOptions({
    queryKey: ['quota'],
    queryFn: ({ signal }) => request<Quotas>('GET', '/quota', { signal }),
  })
}
