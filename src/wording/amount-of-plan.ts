interface Priced {
  readonly toSend: number
  readonly cost: { readonly atMostMicroUsd: number | null } | null
  readonly deadline: { readonly atMostMicroUsd: number | null } | null
  readonly followers: readonly { readonly budgetMicroUsd: number | null }[]
}

/**
 * The most that a plan can come to, with every automatic try: with a deadline, when all of it must be finished in real
 * time. Null: no price is known, or nothing bounds it.
 */
export function maxCostOf({ cost, deadline }: Pick<Priced, 'cost' | 'deadline'>): number | null {
  return (deadline ?? cost)?.atMostMicroUsd ?? null
}

/** The most that the jobs can cost that are started after a run. */
export function maxCostOfFollowers({ followers }: Pick<Priced, 'followers'>): number {
  return followers.reduce((sum, { budgetMicroUsd }) => sum + (budgetMicroUsd ?? 0), 0)
}

/** The amount that is enough for a plan and for the jobs that follow it; null: it sends nothing, or nothing bounds it. */
export function amountOfPlan(plan: Priced): number | null {
  const most = plan.toSend === 0 ? null : maxCostOf(plan)
  return most === null ? null : most + maxCostOfFollowers(plan)
}
