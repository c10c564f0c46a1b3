import type { RunRow } from '../../ports/state.ts'
import type { Flow } from '../flow.ts'
import { isChain, specOf } from '../spec.ts'

/**
 * The change of a run's cap. What several runs draw on is raised for all of them: that is what was agreed to; a run and
 * those that follow it may cost what was agreed to before, or the new amount with what is added for the followers.
 */
export async function raiseCap(
  { store }: Pick<Flow, 'store'>,
  run: RunRow,
  capMicroUsd: number,
  followersMicroUsd: number | null,
): Promise<void> {
  const { shared } = specOf(run)
  if (shared === null || isChain(shared)) await store.setBudget(`run:${run.id}`, capMicroUsd)
  if (shared === null) return
  const before = (await store.budget(shared.key))?.capMicroUsd ?? null
  const total = capMicroUsd + (followersMicroUsd ?? 0)
  await store.setBudget(
    shared.key,
    isChain(shared) && followersMicroUsd === null ? Math.max(before ?? 0, total) : total,
  )
}
