import type { AttemptRow } from '../../ports/state.ts'
import type { AttemptStore } from '../../ports/store/attempts.ts'
import type { StoreContext } from '../database/context.ts'

const valuesPerStatement = 500

type FindAttempts = Pick<
  AttemptStore,
  | 'attempt'
  | 'attemptOf'
  | 'attempts'
  | 'attemptsWith'
  | 'hasSent'
  | 'knownBatches'
  | 'waitingAttempts'
  | 'batch'
  | 'batches'
>

/** Attempts and batches as they are read. */
export function findAttempts({ db }: StoreContext): FindAttempts {
  return {
    attempt: async (id) =>
      (await db.selectFrom('attempts').selectAll().where('id', '=', id).executeTakeFirst()) ?? null,
    attemptOf: async (providerBatchId) =>
      (await db
        .selectFrom('attempts')
        .selectAll()
        .where('providerBatchId', '=', providerBatchId)
        .executeTakeFirst()) ?? null,
    hasSent: async (job, account) =>
      (await db
        .selectFrom('attempts')
        .innerJoin('runs', 'runs.id', 'attempts.runId')
        .select('attempts.id')
        .where('runs.job', '=', job)
        .where('attempts.account', '=', account)
        .where('attempts.triedAt', 'is not', null)
        .limit(1)
        .executeTakeFirst()) !== undefined,
    attempts: (runId, states) =>
      db
        .selectFrom('attempts')
        .selectAll()
        .where('runId', '=', runId)
        .$if(states !== undefined, (query) => query.where('state', 'in', [...(states ?? [])]))
        .orderBy('id')
        .execute(),
    async knownBatches(account, sinceMs, limit, which) {
      const rows = await db
        .selectFrom('attempts')
        .select(['providerBatchId', 'triedAt'])
        .where('account', '=', account)
        .where('providerBatchId', 'is not', null)
        .where('triedAt', '>=', sinceMs)
        .$if(which === 'live', (query) => query.where('state', 'not in', ['merged', 'void']))
        .orderBy('id', 'desc')
        .limit(limit)
        .execute()
      return rows.flatMap(({ providerBatchId, triedAt }) =>
        providerBatchId === null || triedAt === null ? [] : [{ providerBatchId, triedAt }],
      )
    },
    async waitingAttempts(runId) {
      const rows = await db
        .selectFrom('attempts')
        .select(['waitsFor', (eb) => eb.fn.countAll<number>().as('count')])
        .where('runId', '=', runId)
        .where('waitsFor', 'is not', null)
        .groupBy('waitsFor')
        .execute()
      return Object.fromEntries(rows.map(({ waitsFor, count }) => [waitsFor, count]))
    },
    async attemptsWith(column, values) {
      const found: AttemptRow[] = []
      for (let at = 0; at < values.length; at += valuesPerStatement)
        found.push(
          ...(await db
            .selectFrom('attempts')
            .selectAll()
            .where(column, 'in', values.slice(at, at + valuesPerStatement))
            .orderBy('id')
            .execute()),
        )
      return found
    },
    batch: async (runId, n) =>
      (await db
        .selectFrom('batches')
        .selectAll()
        .where('runId', '=', runId)
        .where('n', '=', n)
        .executeTakeFirst()) ?? null,
    batches: (runId) =>
      db.selectFrom('batches').selectAll().where('runId', '=', runId).orderBy('n').execute(),
  }
}
