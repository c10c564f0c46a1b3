import { badRequest } from '../../../core/errors.ts'
import { type Reply, jsonReply } from '../../../core/http/reply.ts'

/** Anthropic document, List Message Batches: 1 to 1,000, 20 by default. */
const defaultListLimit = 20
const maxListLimit = 1000

/** One page of a list: behind `after_id`, or the page that ends before `before_id`. */
export function pageReply<T extends { readonly id: string }>(
  query: URLSearchParams,
  items: readonly T[],
  show: (item: T) => object,
): Reply {
  const limit = readLimit(query.get('limit'))
  const after = query.get('after_id')
  const before = query.get('before_id')
  const indexOf = (id: string): number => items.findIndex((item) => item.id === id)
  const end = before === null ? -1 : indexOf(before)
  const start = end >= 0 ? Math.max(0, end - limit) : after === null ? 0 : indexOf(after) + 1
  const unknown = (before !== null && end < 0) || (after !== null && start === 0 && before === null)
  const page = unknown ? [] : items.slice(start, end >= 0 ? end : start + limit)
  const hasMore = end >= 0 ? start > 0 : !unknown && start + page.length < items.length
  return jsonReply(200, {
    data: page.map(show),
    has_more: hasMore,
    first_id: page[0]?.id ?? null,
    last_id: page.at(-1)?.id ?? null,
  })
}

function readLimit(text: string | null): number {
  if (text === null || text === '') return defaultListLimit
  const limit = Number(text)
  if (!Number.isInteger(limit)) throw badRequest('limit: Input should be a valid integer')
  if (limit < 1) throw badRequest('limit: Input should be greater than or equal to 1')
  if (limit > maxListLimit) throw badRequest(`limit: Input should be less than or equal to ${maxListLimit}`)
  return limit
}
