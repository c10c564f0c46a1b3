import { badRequest } from '../../../core/errors.ts'
import type { Call } from '../../../core/http/call.ts'
import { type Reply, jsonReply } from '../../../core/http/reply.ts'

export interface Page {
  readonly limit: number
  readonly after: string | null
}

export function readPage(query: URLSearchParams, defaultLimit: number, maxLimit: number): Page {
  const text = query.get('limit')
  const limit = text === null || text === '' ? defaultLimit : Number(text)
  if (!Number.isInteger(limit)) {
    throw badRequest(
      `Invalid type for 'limit': expected an integer, but got '${text}' instead.`,
      'limit',
      'invalid_type',
    )
  }
  if (limit < 1) {
    throw badRequest(
      `Invalid 'limit': integer below minimum value. Expected a value >= 1, but got ${limit} instead.`,
      'limit',
      'integer_below_min_value',
    )
  }
  if (limit > maxLimit) {
    throw badRequest(
      `Invalid 'limit': integer above maximum value. Expected a value <= ${maxLimit}, but got ${limit} instead.`,
      'limit',
      'integer_above_max_value',
    )
  }
  return { limit, after: query.get('after') }
}

/** One page of an ordered list; an `after` that is not in it gives an empty page. */
export function pageOf<T extends { readonly id: string }>(
  items: readonly T[],
  page: Page,
): { readonly items: readonly T[]; readonly hasMore: boolean } {
  const start = page.after === null ? 0 : items.findIndex((item) => item.id === page.after) + 1
  if (page.after !== null && start === 0) return { items: [], hasMore: false }
  const cut = items.slice(start, start + page.limit)
  return { items: cut, hasMore: start + cut.length < items.length }
}

/** A page as the service writes it: OpenAI's `data`, or `value` where a scenario wants it so. */
export function listReply<T extends { readonly id: string }>(
  call: Call,
  { items, hasMore }: { readonly items: readonly T[]; readonly hasMore: boolean },
  show: (item: T) => object,
): Reply {
  return jsonReply(200, {
    object: 'list',
    [call.playing.has('value-envelope') ? 'value' : 'data']: items.map(show),
    first_id: items[0]?.id ?? null,
    last_id: items.at(-1)?.id ?? null,
    has_more: hasMore,
  })
}
