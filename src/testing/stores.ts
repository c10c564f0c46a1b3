import type { Runner } from './runner.ts'
import type { Store } from '../ports/store.ts'
import { describeAccess } from './stores/access.ts'
import { describeAttempts, describeBuilding } from './stores/attempts.ts'
import { describeDeliveries } from './stores/deliveries.ts'
import { describeIntents } from './stores/intents.ts'
import { describeLeases, describeRuns } from './stores/leases.ts'
import { describeMerging } from './stores/merging.ts'
import { describeMoney } from './stores/money.ts'
import { describeReading } from './stores/reading.ts'
import { describeRequests } from './stores/requests.ts'
import { describeTries } from './stores/tries.ts'
import { describeRows } from './stores/rows.ts'
import { describeStanding } from './stores/standing.ts'
import { describeReviews } from './stores/reviews.ts'

/** A store of the state that is open, for as long as the tests run. */
export interface StoreKit {
  readonly name: string
  /** Is asked in each test, all of which may have the same one: runs have names of their own. */
  readonly store: () => Store
}

/** The suite of every store, whatever it keeps its rows in. */
export function describeStore(runner: Runner, { name, store }: StoreKit): void {
  runner.describe(`a store in ${name}`, () => {
    describeRuns(runner, store)
    describeLeases(runner, store)
    describeBuilding(runner, store)
    describeAttempts(runner, store)
    describeMoney(runner, store)
    describeIntents(runner, store)
    describeMerging(runner, store)
    describeReading(runner, store)
    describeRequests(runner, store)
    describeTries(runner, store)
    describeStanding(runner, store)
    describeReviews(runner, store)
    describeAccess(runner, store)
    describeRows(runner, store)
    describeDeliveries(runner, store)
  })
}
