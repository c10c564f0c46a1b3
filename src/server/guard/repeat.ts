import type { Clock } from '../../ports/clock.ts'
import type { Store } from '../../ports/store.ts'
import { Refusal } from '../problem.ts'
import { digestOf } from './api-key.ts'
import type { Caller } from './caller.ts'

export const repeatHeader = 'idempotency-key'
export const replayedHeader = 'idempotency-replayed'

/** A process that has not answered after so long has died; a plan of a large source takes minutes. */
const staleMs = 15 * 60_000
const form = /^[\x21-\x7e]{1,255}$/

export interface Repeatable {
  /** As the caller has named it; undefined: it may be done each time. */
  readonly key: string | undefined
  readonly caller: Caller
  /** The route, as it is named in the table. */
  readonly route: string
  readonly path: string
  readonly query: string
  readonly body: string
}

export interface IdempotencyStores {
  readonly store: Pick<Store, 'beginRepeat' | 'endRepeat' | 'dropRepeat'>
  readonly clock: Clock
}

/** An answer that was given, as text. */
export interface Said {
  readonly status: number
  readonly body: string
}

/**
 * The answer to a call that costs money, made once for each Idempotency-Key of a caller, also over restarts: the same
 * asked again gets the answer of the first time. Throws E_REPEAT when something else is asked under the key, or the
 * first is still worked on.
 */
export async function onceForKey(
  { store, clock }: IdempotencyStores,
  { key: named, caller, route, path, query, body }: Repeatable,
  act: () => Promise<Said>,
): Promise<Said & { readonly replayed: boolean }> {
  if (named === undefined) return { ...(await act()), replayed: false }
  if (!form.test(named))
    throw new Refusal('E_REPEAT', 'an Idempotency-Key is 1 to 255 visible characters', {
      where: 'the Idempotency-Key header',
    })
  const key = hashOf([caller.id, route, named])
  const requestHash = hashOf([path, query, body])
  const known = await store.beginRepeat({ key, requestHash, now: clock.now(), staleMs })
  switch (known.kind) {
    case 'done':
      return { status: known.status, body: known.body, replayed: true }
    case 'running':
      throw new Refusal('E_REPEAT', 'the same is being worked on at this moment', {
        status: 409,
        fix: 'ask again in a second, with the same key',
        headers: { 'retry-after': '1' },
      })
    case 'other':
      throw new Refusal('E_REPEAT', 'something else was asked under this Idempotency-Key', {
        where: 'the Idempotency-Key header',
        fix: 'another request takes another key',
      })
    case 'new':
      return { ...(await decided(store, key, act)), replayed: false }
  }
}

/** An answer that decided something is kept; a failure of ours is forgotten, so that it can be tried again. */
async function decided(
  store: IdempotencyStores['store'],
  key: string,
  act: () => Promise<Said>,
): Promise<Said> {
  let said: Said
  try {
    said = await act()
  } catch (thrown) {
    await store.dropRepeat(key)
    throw thrown
  }
  if (said.status < 500 && said.status !== 429) await store.endRepeat(key, said.status, said.body)
  else await store.dropRepeat(key)
  return said
}

function hashOf(parts: readonly string[]): string {
  return digestOf(JSON.stringify(parts)).toString('hex')
}
