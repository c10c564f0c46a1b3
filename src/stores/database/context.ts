import type { Kysely, Transaction } from 'kysely'
import type { DueWorkItem } from '../../ports/store/runs.ts'
import type { EventHorizon } from './horizon.ts'
import type { Dialect } from './json-rows.ts'
import type { Tables } from '../schema/schema.ts'
import type { SchemaVersion } from '../schema/version.ts'

/** What each part of the store works with. */
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
