import { describe } from 'vitest'
import type { Store } from '../../src/ports/store.ts'
import { describeAccess } from './conformance-access.ts'
import { describeAttempts, describeBuilding } from './conformance-attempts.ts'
import { describeDeliveries } from './conformance-deliveries.ts'
import { describeIntents } from './conformance-intents.ts'
import { describeLeases, describeRuns } from './conformance-leases.ts'
import { describeMerging } from './conformance-merging.ts'
import { describeMoney } from './conformance-money.ts'
import { describeReading } from './conformance-reading.ts'
import { describeRequests } from './conformance-requests.ts'
import { describeTries } from './conformance-tries.ts'
import { describeRows } from './conformance-rows.ts'
import { describeStanding } from './conformance-standing.ts'
import { describeReviews } from './conformance-reviews.ts'

/** What every store must do, whatever it keeps its rows in. `store` is asked in each test; runs have names of their own. */
export function describeStore(name: string, store: () => Store): void {
  describe(`a store in ${name}`, () => {
    describeRuns(store)
    describeLeases(store)
    describeBuilding(store)
    describeAttempts(store)
    describeMoney(store)
    describeIntents(store)
    describeMerging(store)
    describeReading(store)
    describeRequests(store)
    describeTries(store)
    describeStanding(store)
    describeReviews(store)
    describeAccess(store)
    describeRows(store)
    describeDeliveries(store)
  })
}
