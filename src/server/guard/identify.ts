import { parse } from 'hono/utils/cookie'
import type { Caller } from './caller.ts'
import type { KeyBook } from './key-book.ts'
import type { Rate } from './rate.ts'
import type { SessionBook } from './session-book.ts'

export interface Doors {
  readonly keys: KeyBook
  readonly sessions: SessionBook
  readonly rate: Rate
}

/**
 * The caller of a request: by a key in `X-API-Key` or `Authorization: Bearer`, else by the dashboard's cookie; null:
 * nobody that is known. A key in the address is no key. Throws E_RATE for a wrong key after too many of the same client
 * address.
 */
export async function identify(
  { keys, sessions, rate }: Doors,
  header: (name: string) => string | undefined,
  address: string,
): Promise<Caller | null> {
  const key = header('x-api-key') ?? /^Bearer +(\S+)$/i.exec(header('authorization') ?? '')?.[1]
  if (key !== undefined) {
    const caller = await keys.callerOf(key)
    if (!caller) await rate.failed(address)
    return caller
  }
  const cookie = cookieIn(sessions, header)
  return cookie === null ? null : sessions.callerOf(cookie)
}

/** The text of the session's cookie; null without one. */
export function cookieIn(
  { cookieName }: Pick<SessionBook, 'cookieName'>,
  header: (name: string) => string | undefined,
): string | null {
  const cookies = new Map(Object.entries(parse(header('cookie') ?? '', cookieName)))
  return cookies.get(cookieName) || null
}
