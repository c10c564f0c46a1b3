import type { KeptPlanRow } from './state.ts'

/** Plans that were looked at and may be started. */
export interface PlanStore {
  /** Keeps a plan and forgets those of before `forgetBefore`. */
  keepPlan(plan: KeptPlanRow, forgetBefore: number): Promise<void>
  keptPlan(id: string): Promise<KeptPlanRow | null>
}
