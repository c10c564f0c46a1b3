import { OffpeakError } from '../../domain/errors.ts'
import type { Flow } from '../flow.ts'
import type { Plan } from './plan.ts'
import { readSaved, savedPlan, type SavedSelection } from './plan-file.ts'

/** So long a plan that somebody looked at can be started. */
const keptMs = 24 * 3_600_000
const idLength = 12

/** A plan with the selection that it was made for. */
export interface StoredPlan {
  readonly selection: SavedSelection
  readonly plan: Plan
}

/** The id of a plan that is kept for a day, by which it is started. Returns the id that it is started by. */
export async function storePlan(
  { store, clock, random }: Pick<Flow, 'store' | 'clock' | 'random'>,
  plan: Plan,
  selection: SavedSelection,
): Promise<string> {
  const [id, now] = [random.id(idLength), clock.now()]
  const kept = { id, job: plan.job, createdAt: now }
  await store.storePlan(
    { ...kept, selection: JSON.stringify(selection), plan: JSON.stringify(plan) },
    now - keptMs,
  )
  return id
}

/** A plan of a job that was kept. Throws E_PLAN_STALE when the job has none of this id, or its day is over. */
export async function storedPlan(
  { store, clock }: Pick<Flow, 'store' | 'clock'>,
  job: string,
  id: string,
): Promise<StoredPlan> {
  const row = await store.storedPlan(id)
  if (row === null || row.job !== job || row.createdAt < clock.now() - keptMs)
    throw new OffpeakError('E_PLAN_STALE', `${job} has no plan ${id}, or its day is over`, {
      fix: 'make it again, and look at what it says now',
    })
  // One that the version before has made does not tell.
  const plan: Plan = {
    withoutBatches: null,
    inputUnit: 'token',
    unpriced: [],
    batchWindowMs: null,
    namesModel: null,
    ...JSON.parse(row.plan),
  }
  const { selection } = readSaved(savedPlan(plan, JSON.parse(row.selection)), `plan ${id}`)
  return { selection, plan }
}
