import { z } from 'zod'
import type { Clock } from '../../ports/clock.ts'
import { sameText } from './api-key.ts'
import { type Caller, localCaller } from './caller.ts'
import type { KeyBook } from './key-book.ts'
import type { ServerSecret } from './server-secret.ts'

const sessionMs = 30 * 24 * 3_600_000
const purpose = 'session'

const ticket = z.strictObject({
  /** The caller's id. */
  caller: z.string(),
  expiresAt: z.number(),
  /** What must still be so: the key of the environment is the same. */
  mark: z.string(),
})

/** Sessions of the dashboard: a signed cookie names the caller, and nothing is kept here. */
export class SessionBook {
  /** Named after the project, as all ports of a machine share their cookies. */
  readonly cookieName: string
  readonly #secret: ServerSecret
  readonly #token: string
  readonly #keys: KeyBook
  readonly #clock: Clock

  constructor(secret: ServerSecret, token: string, keys: KeyBook, clock: Clock) {
    this.cookieName = `offpeak_session_${secret.sign('cookie', '').slice(0, 8)}`
    this.#secret = secret
    this.#token = token
    this.#keys = keys
    this.#clock = clock
  }

  /** Who comes with a launch token or a key; null: neither is good. */
  async login(given: {
    readonly token?: string | undefined
    readonly key?: string | undefined
  }): Promise<Caller | null> {
    if (given.token !== undefined) return sameText(given.token, this.#token) ? localCaller : null
    return given.key === undefined ? null : this.#keys.callerOf(given.key)
  }

  /** What lets a caller in from now on. */
  #ticketFor(caller: Caller): string {
    const text = JSON.stringify({
      caller: caller.id,
      expiresAt: this.#clock.now() + sessionMs,
      mark: this.#markOf(caller.id),
    })
    const payload = Buffer.from(text).toString('base64url')
    return `${payload}.${this.#secret.sign(purpose, payload)}`
  }

  /** Whose cookie it is; null when it was not made here, is over, or its key is not valid any more. */
  async callerOf(cookie: string): Promise<Caller | null> {
    const [payload = '', signature = '', more] = cookie.split('.')
    if (more !== undefined || !sameText(signature, this.#secret.sign(purpose, payload))) return null
    const { data } = ticket.safeParse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')))
    if (!data || data.expiresAt <= this.#clock.now() || data.mark !== this.#markOf(data.caller)) return null
    return this.callerWithId(data.caller)
  }

  /** The caller with this id, while it is let in at all. */
  async callerWithId(id: string): Promise<Caller | null> {
    return id === localCaller.id ? localCaller : this.#keys.callerWithId(id)
  }

  /** The header that sets the cookie, or (null) has it forgotten. */
  cookieFor(caller: Caller | null): string {
    const [value, age] = caller === null ? ['', 0] : [this.#ticketFor(caller), Math.floor(sessionMs / 1_000)]
    return `${this.cookieName}=${value}; Path=/; Max-Age=${age}; HttpOnly; SameSite=Strict`
  }

  #markOf(callerId: string): string {
    return callerId === 'environment' ? this.#keys.environmentMark : ''
  }
}
