import type { RequestRow } from '../../ports/state.ts'
import type { Store } from '../../ports/store.ts'

/** The request whose answer a record has: its own, or that of the one it was folded into. */
export async function answeredBy(store: Pick<Store, 'requests'>, request: RequestRow): Promise<RequestRow> {
  if (request.deduplicatedInto === null) return request
  const [first] = await store.requests(request.runId, { afterSeq: request.deduplicatedInto - 1, limit: 1 })
  return first ?? request
}
