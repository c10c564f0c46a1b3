import type { KeptPlanRow } from '../state.ts'

/** Plans that were looked at and may be started. */
export interface PlanStore {
  /** Keeps a plan and forgets those of before `forgetBefore`. */
  storePlan(plan: KeptPlanRow, forgetBefore: number): Promise<void>
  storedPlan(id: string): Promise<KeptPlanRow | null>
}
