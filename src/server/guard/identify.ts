import { parse } from 'hono/utils/cookie'
import type { Caller } from './caller.ts'
import { readKey } from './api-key.ts'
import type { KeyBook } from './key-book.ts'
import type { Rate } from './rate.ts'
import type { SessionBook } from './session-book.ts'

export interface Doors {
  readonly keys: KeyBook
  readonly sessions: SessionBook
  readonly rate: Rate
}

/**
 * Who is asking: by a key in `X-API-Key` or `Authorization: Bearer`, else by the dashboard's cookie; null: nobody that
 * is known. A key in the address is no key. Throws E_RATE for an address that has sent too many wrong ones.
 */
export async function identify(
  { keys, sessions, rate }: Doors,
  header: (name: string) => string | undefined,
  address: string,
): Promise<Caller | null> {
  const key = header('x-api-key') ?? /^Bearer +(\S+)$/i.exec(header('authorization') ?? '')?.[1]
  if (key !== undefined) {
    // Ours are too long to be guessed; a key from the environment may not be.
    if (readKey(key) === null) await rate.mayGuess(address)
    const caller = await keys.callerOf(key)
    if (!caller) await rate.failed(address)
    return caller
  }
  const cookie = parse(header('cookie') ?? '', sessions.cookieName)[sessions.cookieName]
  return cookie === undefined || cookie === '' ? null : sessions.callerOf(cookie)
}
