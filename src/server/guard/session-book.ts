import { randomBytes } from 'node:crypto'
import type { Clock } from '../../ports/clock.ts'
import type { SessionStore } from '../../ports/store/access.ts'
import type { SessionRow } from '../../ports/state.ts'
import { digestOf, sameText } from './api-key.ts'
import { type Caller, localCaller } from './caller.ts'
import type { KeyBook } from './key-book.ts'
import type { ServerSecret } from './server-secret.ts'

const sessionMs = 30 * 24 * 3_600_000
/** A session that was ended is refused by every server of the state within a second. */
const reuseMs = 400
const maxRemembered = 1_000
/** Whoever signs in more often than this loses the oldest session. */
const maxPerCaller = 100
const form = /^[A-Za-z0-9_-]{43}$/

interface Looked {
  readonly at: number
  readonly row: Promise<SessionRow | null>
}

/** Sessions of the dashboard: the cookie is a random text, and the state has its digest until the session is ended. */
export class SessionBook {
  /** Named after the project, as all ports of a machine share their cookies. */
  readonly cookieName: string
  readonly #store: SessionStore
  readonly #secret: ServerSecret
  readonly #token: string
  readonly #keys: KeyBook
  readonly #clock: Clock
  readonly #looked = new Map<string, Looked>()

  constructor(
    store: SessionStore & { readonly projectId: string },
    secret: ServerSecret,
    token: string,
    keys: KeyBook,
    clock: Clock,
  ) {
    this.cookieName = `offpeak_session_${digestOf(`cookie ${store.projectId}`).toString('hex').slice(0, 8)}`
    this.#store = store
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

  /** The text of a cookie that lets a caller in from now on. */
  async open(caller: Caller): Promise<string> {
    const cookie = randomBytes(32).toString('base64url')
    const now = this.#clock.now()
    await this.#store.addSession(
      {
        id: idOf(cookie),
        caller: caller.id,
        mark: this.#markOf(caller.id),
        createdAt: now,
        expiresAt: now + sessionMs,
      },
      maxPerCaller,
    )
    return cookie
  }

  /** Whose cookie it is; null when its session was never opened, is over or ended, or its key is not valid any more. */
  async callerOf(cookie: string): Promise<Caller | null> {
    if (!form.test(cookie)) return null
    const id = idOf(cookie)
    const caller = await this.#callerIn(id)
    return caller && { ...caller, session: id }
  }

  /** Ends the session of a cookie everywhere. */
  async end(cookie: string): Promise<void> {
    if (!form.test(cookie)) return
    const id = idOf(cookie)
    await this.#store.endSession(id)
    this.#looked.delete(id)
  }

  /** Whether a caller who was let in before still is: its key is valid, and so is its session. */
  async isIn({ id, session }: Pick<Caller, 'id' | 'session'>): Promise<boolean> {
    if (session !== undefined) return (await this.#callerIn(session)) !== null
    return id === localCaller.id || (await this.#keys.callerWithId(id)) !== null
  }

  /** The header that sets the cookie of a session, or (null) has it forgotten; `secure`: by https alone. */
  cookieFor(cookie: string | null, secure: boolean): string {
    const age = cookie === null ? 0 : Math.floor(sessionMs / 1_000)
    const kept = `${this.cookieName}=${cookie ?? ''}; Path=/; Max-Age=${age}; HttpOnly; SameSite=Strict`
    return secure ? `${kept}; Secure` : kept
  }

  async #callerIn(id: string): Promise<Caller | null> {
    const row = await this.#row(id)
    if (!row || row.expiresAt <= this.#clock.now() || row.mark !== this.#markOf(row.caller)) return null
    return row.caller === localCaller.id ? localCaller : this.#keys.callerWithId(row.caller)
  }

  #row(id: string): Promise<SessionRow | null> {
    const now = this.#clock.now()
    const looked = this.#looked.get(id)
    if (looked && now - looked.at < reuseMs && now >= looked.at) return looked.row
    const row = this.#store.session(id)
    row.catch(() => this.#looked.delete(id))
    if (this.#looked.size >= maxRemembered) this.#looked.clear()
    this.#looked.set(id, { at: now, row })
    return row
  }

  #markOf(callerId: string): string {
    if (callerId === localCaller.id) return this.#secret.sign('session', this.#token).slice(0, 16)
    return callerId === 'environment' ? this.#keys.environmentMark : ''
  }
}

function idOf(cookie: string): string {
  return digestOf(`session ${cookie}`).toString('hex')
}
