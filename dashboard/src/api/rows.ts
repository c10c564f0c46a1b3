import type { RowPage } from '../../../src/server/contract/row.ts'
import { path, request } from './request.ts'
import type { RowFilter } from './runs.ts'

/** One page of a run's rows. `cursor`: the `nextCursor` of the page before, or the `seq` of the row that it follows. */
export function readRows(
  run: string,
  filter: RowFilter,
  wish: { readonly cursor: string | null; readonly limit: number; readonly signal: AbortSignal },
): Promise<RowPage> {
  const { signal, ...page } = wish
  return request<RowPage>('GET', path`/runs/${run}/rows`, { query: { ...filter, ...page }, signal })
}
