import type { Reply } from '../../ports/provider/reply.ts'
import { classify } from '../replies/classify.ts'
import { asFields, asText } from '../replies/fields.ts'
import type { Call, Http } from '../http/http.ts'

/** A page of one of xAI's lists, and the token that the next begins with; null: it is the last. */
export interface Page {
  readonly items: readonly unknown[]
  readonly next: string | null
}

/** One page of the list that stands under `list` in the answer. */
export async function pageOf(
  http: Http,
  call: Call,
  list: string,
  { limit, token }: { readonly limit: number; readonly token: string | null },
): Promise<Reply<Page>> {
  const query = {
    ...call.query,
    limit: String(limit),
    ...(token !== null && { pagination_token: token }),
  }
  return classify('repeatable', await http.json({ ...call, query }), (json) => {
    const fields = asFields(json)
    const items = fields?.[list]
    return Array.isArray(items) ? { items, next: asText(fields?.['pagination_token']) || null } : null
  })
}

/** How a list is walked. */
interface Walk {
  readonly limit: number
  readonly maxPages: number
  /** Whether a list that goes on past `maxPages` still answers the question. */
  readonly partial: boolean
  /** Whether nothing that comes after these items matters. */
  readonly isEnough?: (items: readonly unknown[]) => boolean
}

/**
 * All items of a list, as it gives them. One that cannot be walked to its end is refused rather than cut, unless it is
 * `partial`: "not in the list" is what a second paid create would be decided on.
 */
export async function allPages<Item>(
  http: Http,
  call: Call,
  list: string,
  read: (item: unknown) => Item | null,
  { limit, maxPages, partial, isEnough = () => false }: Walk,
): Promise<Reply<readonly Item[]>> {
  const found: Item[] = []
  let token: string | null = null
  for (let pages = 0; pages < maxPages; pages += 1) {
    const reply: Reply<Page> = await pageOf(http, call, list, { limit, token })
    if (reply.kind !== 'accepted') return reply
    for (const item of reply.value.items) {
      const value = read(item)
      if (value !== null) found.push(value)
    }
    const { next } = reply.value
    if (next === null || isEnough(reply.value.items)) return { kind: 'accepted', value: found }
    if (next === token) break
    token = next
  }
  if (partial) return { kind: 'accepted', value: found }
  return {
    kind: 'refused',
    cause: 'away',
    layer: 'service',
    lasting: false,
    status: null,
    message: `the list of ${list} does not come to an end`,
    retryAfterMs: null,
  }
}
