import { leftAlone } from '../../planning/waiting/retry.ts'
import type { BuildStore } from '../../ports/store/requests.ts'
import type { StoreContext } from '../database/context.ts'
import { endedBefore } from './ended-before.ts'
import { commitBuilt } from './commit-built.ts'
import { commitRetry } from './commit-retry.ts'
import { recall } from './recalling.ts'
import { troubled } from '../schema/request-tables.ts'
import { countedTries, retryOf, wasChosen } from './retrying.ts'

/** Turning rows into files of requests. */
export function buildStore(context: StoreContext): BuildStore {
  const { db, dialect } = context
  return {
    ...endedBefore(context),
    commitBuilt: (claim, built) => commitBuilt(context, claim, built),
    commitRetry: (claim, retry) => commitRetry(context, claim, retry),
    recall: (runId, job, records) => recall(db, dialect, runId, job, records),
    requestsToRetry: (runId, { maxTries, limit, chosen, ruled, onlyChosen }) =>
      db
        .selectFrom('requests')
        .selectAll()
        .where('runId', '=', runId)
        // Also what was chosen: an answer that was judged anew meanwhile, and written, is not asked for again.
        .where(troubled(dialect))
        .where('line', 'is not', null)
        .where((eb) =>
          eb.or([
            ...(chosen === undefined
              ? []
              : [
                  eb.and([
                    eb('retryRequested', '=', 1),
                    eb('retryDeliveryMode', chosen === null ? 'is' : '=', chosen),
                  ]),
                ]),
            ...(ruled === undefined
              ? []
              : [
                  eb.and([
                    onlyChosen
                      ? eb('retryRequested', '=', wasChosen)
                      : eb('retryRequested', 'not in', [1, leftAlone]),
                    eb('outcome', 'in', [...retryOf[ruled]]),
                    eb(countedTries('requests'), '<', maxTries),
                  ]),
                ]),
          ]),
        )
        .orderBy('seq')
        .limit(limit)
        .execute(),
    async countWaitingFiles(runId) {
      const row = await db
        .selectFrom('attempts')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where('runId', '=', runId)
        .where('state', 'in', ['waiting', 'reserved', 'uploading'])
        .executeTakeFirstOrThrow()
      return row.count
    },
  }
}
