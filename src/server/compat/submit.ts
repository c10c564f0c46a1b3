import { submitAgreed } from '../../compose/client/agreed.ts'
import { formatUsd } from '../../wording/amount.ts'
import { awaitsSubmit } from '../../engine/control/caps.ts'
import { checkAffordable } from '../../engine/plan/affordable.ts'
import { specOf } from '../../engine/spec.ts'
import type { Project } from '../../compose/project.ts'
import type { RunRow } from '../../ports/state.ts'

/**
 * The submission of a batch that was created; one that was submitted before stays as it is. Throws E_PLAN_STALE when
 * what was built is not what would be built now, and E_BUDGET when it does not fit into what was agreed to, or into
 * what the key that created it may spend.
 */
export async function submitBatch(offpeak: Project, run: RunRow, maxMicroUsd: number | null): Promise<void> {
  if (run.liveKey === null || !awaitsSubmit(run)) return
  const { plan } = await offpeak.status(run.id)
  const { params, limit, only, redo, payAgain, keep, payer } = specOf(run)
  if (plan !== null) {
    offpeak.requireSame(plan, await offpeak.plan(run.job, { params, limit, only, redo, payAgain, keep }))
    if (payer !== null) {
      const taken = await offpeak.store.budget(payer.key)
      const left = payer.capMicroUsd - (taken?.spentMicroUsd ?? 0) - (taken?.reservedMicroUsd ?? 0)
      checkAffordable(plan, Math.max(0, left), formatUsd)
    }
  }
  await submitAgreed(offpeak, run, maxMicroUsd)
}
