import type { IncomingMessage } from 'node:http'
import { Refusal, badRequest } from '../errors.ts'
import type { Profile } from '../ids.ts'
import { type JsonObject, isObject, isTooDeep, parseJson, typeName } from '../json.ts'
import type { Maker, Scenario } from '../records.ts'
import type { Route } from '../../dialects/openai/paths.ts'
import { type Reply, jsonReply } from './reply.ts'
import type { State } from '../state.ts'

/** One call to the service, routed and authorised. */
export interface Call {
  readonly state: State
  readonly route: Route
  readonly profile: Profile
  readonly query: URLSearchParams
  readonly request: IncomingMessage
  readonly requestId: string
  /** The body of a JSON call, read before any fault strikes; an upload is read by its own handler. */
  readonly body: string
  readonly maker: Maker
  /** The scenarios that this call meets. */
  readonly playing: ReadonlyMap<string, Scenario>
}

/** Whether the caller sees what somebody made: everything of its service, or only its own. */
export function isVisible(call: Call, made: { readonly profile: Profile; readonly maker: Maker }): boolean {
  return made.profile === call.profile && (!call.playing.has('own-keys') || made.maker.key === call.maker.key)
}

/** Real services cap JSON bodies in the tens of megabytes; a base64 PDF must still fit. */
const maxJsonBytes = 64 * 1024 * 1024

export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue
    bytes += chunk.length
    if (bytes > maxJsonBytes) throw new Refusal(413, { message: 'Request body is too large.' })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** No body counts as an empty object: what is missing in it is named by whoever needs it. */
export function parseBody(text: string): JsonObject {
  if (text === '') return {}
  const value = isTooDeep(text) ? undefined : parseJson(text)
  if (value === undefined) {
    throw badRequest('We could not parse the JSON body of your request. The body must be valid JSON.')
  }
  if (!isObject(value)) {
    throw badRequest(
      `Invalid type for the request body: expected an object, but got ${typeName(value)} instead.`,
    )
  }
  return value
}

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

/** Cuts one page out of an ordered list; an `after` that is not in it gives an empty page. */
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
