import { microFromPico } from '../../domain/money.ts'
import type { Sums } from '../../domain/sums.ts'
import type { Step } from '../step/step.ts'

/** Tells of answers that a service says it has served in another tier: they are billed, but not at the price of the plan. */
export async function noteOtherTier(
  { flow, attempt }: Pick<Step, 'flow' | 'attempt'>,
  usage: Sums,
): Promise<void> {
  const answers = usage['otherTierLines'] ?? 0
  if (answers === 0) return
  await flow.store.addEvent(attempt.runId, flow.clock.now(), 'answers.tier', {
    batch: attempt.batchN,
    answers,
    costMicroUsd: microFromPico(usage['otherTierPicoUsd'] ?? 0),
  })
}
