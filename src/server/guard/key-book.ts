import { allows, type Scope } from '../../domain/scope.ts'
import type { Clock } from '../../ports/clock.ts'
import type { KeyRow } from '../../ports/state.ts'
import type { Store } from '../../ports/store.ts'
import { digestOf, fitsHash, readKey, sameText } from './api-key.ts'
import type { Caller } from './caller.ts'

export type KeyStore = Pick<Store, 'key' | 'touchKey'>

/** A key that is revoked is refused everywhere within a second. */
const reuseMs = 400
const touchEveryMs = 60_000
const maxRemembered = 1_000
const nobody = digestOf('').toString('hex')

interface Looked {
  readonly at: number
  readonly row: Promise<KeyRow | null>
}

/** A lookup of the owner of a key. */
export class KeyBook {
  readonly #store: KeyStore
  readonly #clock: Clock
  readonly #environment: string | null
  readonly #looked = new Map<string, Looked>()
  readonly #touched = new Map<string, number>()

  constructor(store: KeyStore, clock: Clock, environment: string | null) {
    this.#store = store
    this.#clock = clock
    this.#environment = environment
  }

  /** Whose key this is; null when it is nobody's, or not valid any more. */
  async callerOf(text: string): Promise<Caller | null> {
    const key = readKey(text)
    const row = key === null ? null : await this.#row(key.id)
    // Compared also when there is no such key, so that ids cannot be found out by time.
    const fits = fitsHash(key?.secret ?? text, row?.secretHash ?? nobody)
    if (row && fits) return this.#valid(row)
    return this.#environment !== null && sameText(text, this.#environment) ? environmentCaller : null
  }

  /** The caller behind a caller's id, as long as its key is valid. */
  async callerWithId(id: string): Promise<Caller | null> {
    if (id === environmentCaller.id) return this.#environment === null ? null : environmentCaller
    const row = id.startsWith('key:') ? await this.#row(id.slice('key:'.length)) : null
    return row ? this.#valid(row) : null
  }

  /** What changes when the key of the environment does. */
  get environmentMark(): string {
    return this.#environment === null
      ? ''
      : digestOf(`mark ${this.#environment}`).toString('hex').slice(0, 16)
  }

  #row(id: string): Promise<KeyRow | null> {
    const now = this.#clock.now()
    const looked = this.#looked.get(id)
    if (looked && now - looked.at < reuseMs && now >= looked.at) return looked.row
    const row = this.#store.key(id)
    row.catch(() => this.#looked.delete(id))
    if (this.#looked.size >= maxRemembered) this.#looked.clear()
    this.#looked.set(id, { at: now, row })
    return row
  }

  async #valid(row: KeyRow): Promise<Caller | null> {
    const now = this.#clock.now()
    if (row.revokedAt !== null || (row.expiresAt !== null && row.expiresAt <= now)) return null
    if (now - (this.#touched.get(row.id) ?? row.lastUsedAt ?? 0) >= touchEveryMs) {
      this.#touched.set(row.id, now)
      await this.#store.touchKey(row.id, now)
    }
    return keyCaller(row)
  }
}

/** `OFFPEAK_API_KEY`: one more key, by value. */
const environmentCaller: Caller = {
  id: 'environment',
  name: 'OFFPEAK_API_KEY',
  scope: 'run',
  jobs: null,
  budget: null,
}

function keyCaller({ id, name, scope, jobs, budgetMicroUsd }: KeyRow): Caller {
  return {
    id: `key:${id}`,
    name,
    scope: leastOf(scope),
    jobs: jobs === null ? null : namesIn(jobs),
    budget: budgetMicroUsd === null ? null : { key: `key:${id}`, capMicroUsd: budgetMicroUsd },
  }
}

/** A scope that nobody knows allows the least. */
function leastOf(scope: Scope): Scope {
  return allows(scope, 'read') ? scope : 'read'
}

function namesIn(json: string): readonly string[] {
  const names: unknown = JSON.parse(json)
  return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : []
}
