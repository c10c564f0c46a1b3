import type { Transaction } from 'kysely'
import { type AttemptState, attemptStates, mayFollow } from '../../domain/attempt.ts'
import { OffpeakError } from '../../domain/errors.ts'
import type { AttemptRow, RunRow } from '../../ports/state.ts'
import type { Claim } from '../../ports/store/runs.ts'
import type { Tables } from '../schema/schema.ts'

/** Thrown out of a transaction when somebody else has claimed the unit since; the transaction writes nothing. */
function fenced(claim: Claim): OffpeakError {
  return new OffpeakError('E_FENCED', `another process has taken over ${claim.unit.kind} ${claim.unit.id}`, {
    money: 'unknown',
  })
}

function attemptId(claim: Claim): number {
  if (claim.unit.kind !== 'attempt')
    throw new OffpeakError('E_BUG', 'an attempt was to be written under the claim of a run')
  return claim.unit.id
}

/** A write to columns of the claimed run; throws E_FENCED when the claim is lost. */
export async function writeRun(
  trx: Transaction<Tables>,
  claim: Claim,
  changes: Partial<RunRow>,
): Promise<void> {
  if (claim.unit.kind !== 'run')
    throw new OffpeakError('E_BUG', 'a run was to be written under the claim of an attempt')
  const result = await trx
    .updateTable('runs')
    .set({ epoch: claim.epoch, ...changes })
    .where('id', '=', claim.unit.id)
    .where('epoch', '=', claim.epoch)
    .executeTakeFirst()
  if (result.numUpdatedRows === 0n) throw fenced(claim)
}

/** The row of the claimed attempt as it was before its columns were written; throws E_FENCED when the claim is lost. */
export async function writeAttempt(
  trx: Transaction<Tables>,
  claim: Claim,
  changes: Partial<Omit<AttemptRow, 'id'>>,
  to?: AttemptState,
): Promise<AttemptRow> {
  const id = attemptId(claim)
  const before = await trx.selectFrom('attempts').selectAll().where('id', '=', id).executeTakeFirst()
  if (!before || before.epoch !== claim.epoch) throw fenced(claim)
  if (to !== undefined && to !== before.state && !mayFollow(before.state, to)) {
    throw new OffpeakError('E_BUG', `attempt ${id} cannot go from ${before.state} to ${to}`, {
      money: 'unknown',
    })
  }
  const result = await trx
    .updateTable('attempts')
    .set({ epoch: claim.epoch, ...changes, state: to ?? before.state })
    .where('id', '=', id)
    .where('epoch', '=', claim.epoch)
    .where('state', '=', before.state)
    .executeTakeFirst()
  if (result.numUpdatedRows === 0n) throw fenced(claim)
  return before
}

/** States in which an attempt is still to be driven on. */
export const drivenStates: readonly AttemptState[] = attemptStates.filter(
  (state) => state !== 'merged' && state !== 'void' && state !== 'fenced',
)
