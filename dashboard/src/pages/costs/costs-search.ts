import type { CostsBy } from '../../api/costs.ts'
import { oneOf, type Search } from '../../shell/search.ts'

export const groupings: readonly CostsBy[] = ['job', 'model', 'run', 'day']
export const spans = ['7d', '30d', '90d', 'all'] as const
export type Span = (typeof spans)[number]

/** Absent: by job, of the last 30 days. */
export interface CostsSearch {
  readonly by?: CostsBy | undefined
  readonly since?: Span | undefined
}

/** What an address says of it. */
export function readCosts(search: Search): CostsSearch {
  return { by: oneOf(groupings, search['by']), since: oneOf(spans, search['since']) }
}
