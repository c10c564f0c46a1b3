import { readProblem, unreachable } from './problem.ts'

/** What may stand in a query; what is null or undefined is left out, and so is an empty text. */
export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>

export interface RequestOptions {
  readonly query?: Query
  readonly signal?: AbortSignal
  readonly body?: unknown
  /** Sends the same act once, however often it is tried: made once for each decision of a person. */
  readonly repeatKey?: string
}

/** Writes a path with its parts encoded: `` path`/runs/${run}/rows/${key}` ``. */
export function path(strings: TemplateStringsArray, ...parts: readonly string[]): string {
  return String.raw({ raw: strings }, ...parts.map(encodeURIComponent))
}

/** Asks the server, and gives what the contract says it answers. Throws `ApiProblem`. */
export async function request<Answer>(
  method: 'GET' | 'POST' | 'DELETE',
  where: string,
  { query = {}, signal, body, repeatKey }: RequestOptions = {},
): Promise<Answer> {
  const headers = new Headers({ accept: 'application/json' })
  if (body !== undefined) headers.set('content-type', 'application/json')
  if (repeatKey !== undefined) headers.set('idempotency-key', repeatKey)
  const response = await fetch(`/api/v1${where}${queryText(query)}`, {
    method,
    headers,
    credentials: 'same-origin',
    cache: 'no-store',
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  }).catch((error: unknown) => {
    if (signal?.aborted === true) throw error
    throw unreachable(method !== 'GET')
  })
  if (!response.ok) throw await readProblem(response)
  // Our own server, of this very version, answers in the shapes of the contract.
  const answer: Answer = response.status === 204 ? null : await response.json()
  return answer
}

/** A key for `repeatKey`; also where the page is served without TLS, and `randomUUID` is missing. */
export function newRepeatKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')
}

function queryText(query: Query): string {
  const given = new URLSearchParams()
  for (const [name, value] of Object.entries(query))
    if (value !== null && value !== undefined && value !== '') given.set(name, String(value))
  return given.size === 0 ? '' : `?${given}`
}
