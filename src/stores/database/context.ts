import { CompiledQuery, type Kysely, type Transaction } from 'kysely'
import { databaseFault } from '../../planning/addresses/database-fault.ts'
import type { DueWorkItem, OnDue } from '../../ports/store/runs.ts'
import { EventHorizon } from './horizon.ts'
import type { Dialect } from './json-rows.ts'
import type { Tables } from '../schema/schema.ts'
import type { SchemaVersion } from '../schema/version.ts'
import type { Traces } from './traces.ts'

/** So often a transaction is run again that the database has chosen as the victim of a deadlock. */
const maxTransactionTries = 8

/** The context of each part of the store. */
export interface StoreContext {
  readonly db: Kysely<Tables>
  readonly dialect: Dialect
  readonly version: SchemaVersion
  /** The time by the clock that all processes of this state share, for notes of what happened. */
  readonly now: () => number
  /** Runs work in one transaction; one that lost against another for its locks is run again, whole. */
  readonly transact: <Result>(work: (trx: Transaction<Tables>) => Promise<Result>) => Promise<Result>
  /**
   * The same for what no claim guards, as what a person asks of a server. Throws E_STATE_VERSION, with nothing
   * written, once a newer version has taken over the state.
   */
  readonly transactUnclaimed: StoreContext['transact']
  /** How far events can be told in the order of their ids; null: as far as they can be seen, as there is one writer. */
  readonly horizon: EventHorizon | null
  /** Tells the driver's queue, in the same transaction, which units it has made due. */
  readonly wake: (trx: Transaction<Tables>, units: readonly DueWorkItem[]) => Promise<void>
}

export interface OpenState extends Pick<StoreContext, 'db' | 'dialect' | 'version'> {
  readonly traces: Traces
  /** How far the shared clock is ahead of this machine's, in milliseconds. */
  readonly clockOffsetMs: number
  readonly onDue: OnDue | null
}

/** The context of the parts of a store, over a state that is open and up to date. */
export function storeContext({
  db,
  dialect,
  version,
  traces,
  clockOffsetMs,
  onDue,
}: OpenState): StoreContext {
  const transact = transactions(db, traces)
  return {
    db,
    dialect,
    version,
    now: () => Date.now() + clockOffsetMs,
    transact,
    transactUnclaimed: (work) =>
      transact(async (trx) => {
        const failure = await version.failure('no', trx)
        if (failure) throw failure
        return work(trx)
      }),
    horizon: dialect === 'postgres' ? new EventHorizon(db) : null,
    wake: wakes(onDue),
  }
}

function transactions(db: Kysely<Tables>, traces: Traces): StoreContext['transact'] {
  return async (work) => {
    for (let tries = 1; ; tries++) {
      let isEnding = false
      try {
        return await db.transaction().execute(async (trx) => {
          const result = await work(trx)
          isEnding = true
          return result
        })
      } catch (thrown) {
        traces.noteTransaction(thrown, isEnding)
        if (tries >= maxTransactionTries || databaseFault(thrown) !== 'undone') throw thrown
      }
    }
  }
}

function wakes(onDue: OnDue | null): StoreContext['wake'] {
  if (!onDue) return async () => undefined
  return async (trx, units) => {
    if (units.length === 0) return
    const plain = trx.withoutPlugins()
    await onDue(
      async (text, values) => (await plain.executeQuery<object>(CompiledQuery.raw(text, [...values]))).rows,
      units,
    )
  }
}
