import { noWait } from '../../domain/wait.ts'
import type { AttemptStore } from '../../ports/store/attempts.ts'
import { writeAttempt } from '../database/fence.ts'
import type { StoreContext } from '../database/context.ts'
import { note, noteMove } from '../runs/events.ts'
import { findAttempts } from './find-attempts.ts'
import { insertAttempt } from './insert-attempt.ts'
import { intentStore } from './intents.ts'
import { lostAnswers } from './lost-answers.ts'
import { recordCreated } from './record-created.ts'
import { voidAttempt } from './voiding.ts'
import { waitStore } from './waits.ts'

/** Batches and the attempts at them. */
export function attemptStore(context: StoreContext): AttemptStore {
  const { db, transact, now: sharedNow } = context
  return {
    ...findAttempts(context),
    ...waitStore(context),
    ...lostAnswers(context),
    ...intentStore(context),
    move: (claim, to, changes) =>
      transact(async (trx) => {
        const before = await writeAttempt(trx, claim, { ...noWait, ...changes }, to)
        if (before.state !== to) await noteMove(trx, before, to, sharedNow())
      }),
    saveAttempt: (claim, changes, happened) =>
      transact(async (trx) => {
        const before = await writeAttempt(trx, claim, changes)
        if (happened) await note(trx, before.runId, happened.at, happened.kind, happened.data)
      }),
    tighten: (claim, { runId, n }, maxTokens, maxCostMicroUsd) =>
      transact(async (trx) => {
        await writeAttempt(trx, claim, { reason: null })
        await trx
          .updateTable('batches')
          .set({ maxTokens, maxCostMicroUsd, exact: 1 })
          .where('runId', '=', runId)
          .where('n', '=', n)
          .execute()
      }),
    recordCreated: (attemptId, nonce, fact) => recordCreated(context, attemptId, nonce, fact),
    voidAttempt: (claim, end) => voidAttempt(context, claim, end),
    replaceAttempt: (claim, { nonce, now }) =>
      transact(async (trx) => {
        const before = await writeAttempt(
          trx,
          claim,
          { nextAt: null, leaseUntil: 0, holder: null, ...noWait },
          'fenced',
        )
        if (before.state === 'fenced') return
        await insertAttempt(context, trx, {
          runId: before.runId,
          batchN: before.batchN,
          n: before.n + 1,
          nonce,
          now,
          nextAt: now,
        })
        await noteMove(trx, before, 'fenced', now)
      }),
    async markCleaned(attemptId) {
      await db.updateTable('attempts').set({ remoteDeleted: 1 }).where('id', '=', attemptId).execute()
    },
    async markTracked(attemptId, phase) {
      await db.updateTable('attempts').set({ tracked: phase }).where('id', '=', attemptId).execute()
    },
  }
}
