import type { AttemptStore } from '../../ports/store/attempts.ts'
import type { StoreContext } from '../database/context.ts'

/** The store of attempts' waits, which are accepted or begun anew. */
export function waitStore({
  transactUnclaimed,
  wake,
  now: sharedNow,
}: StoreContext): Pick<AttemptStore, 'acceptWaiting' | 'restartWaits'> {
  return {
    acceptWaiting: (runId, reasons, now) =>
      transactUnclaimed(async (trx) => {
        const accepted = await trx
          .updateTable('attempts')
          .set({ acceptedAt: now, nextAt: now })
          .where('runId', '=', runId)
          .where((eb) => eb.or([eb('waitsFor', 'in', [...reasons]), eb('state', '=', 'fenced')]))
          .where((eb) => eb.or([eb('acceptedAt', 'is', null), eb('acceptedAt', '<', eb.ref('waitingSince'))]))
          .returning('id')
          .execute()
        await wake(
          trx,
          accepted.map(({ id }) => ({ unit: { kind: 'attempt', id }, at: now })),
        )
        return accepted.length
      }),
    restartWaits: (runId) =>
      transactUnclaimed(async (trx) => {
        const restarted = { waitTries: 0, waitingSince: sharedNow() }
        await trx
          .updateTable('attempts')
          .set(restarted)
          .where('runId', '=', runId)
          .where('waitsFor', 'is not', null)
          // What a person has taken as it is stays so.
          .where((eb) => eb.or([eb('acceptedAt', 'is', null), eb('acceptedAt', '<', eb.ref('waitingSince'))]))
          .execute()
      }),
  }
}
