import { isFreeWork, type Follower, type Plan } from '../engine/plan/plan.ts'
import type { LoadedJob } from '../config/jobs.ts'
import { messageOf } from '../domain/errors.ts'
import { parseUsd } from '../wording/amount.ts'
import type { AgreedFollower } from '../engine/spec.ts'
import type { RunRow } from '../ports/state.ts'

/** Planning and starting all that a job selects. */
export interface FollowActs {
  /** Where the answers of the run are, when that is not where the jobs read; null: they are there. */
  readonly apart: string | null
  /** What was agreed to about the followers of this run, with the run itself. */
  readonly agreed: readonly AgreedFollower[]
  readonly plan: (job: string) => Promise<Plan>
  readonly start: (planned: Plan, capMicroUsd: number) => Promise<unknown>
}

/** The jobs that a run of a job starts when it ends, and those that these start, in that order, each with its own budget per run. */
export function followersOf(jobs: ReadonlyMap<string, LoadedJob>, name: string): readonly Follower[] {
  const found = new Map<string, Follower>()
  const add = (before: string): void => {
    for (const job of jobsAfter(jobs, before)) {
      if (found.has(job.name) || job.name === name) continue
      found.set(job.name, { job: job.name, budgetMicroUsd: parseUsd(job.budget?.perRun ?? '') })
      add(job.name)
    }
  }
  add(name)
  return [...found.values()]
}

interface Refused {
  readonly job: string
  readonly reason: string
  readonly agreed: boolean
  /** What it may cost: as agreed to, else its own budget; null: it has none. */
  readonly budgetMicroUsd: number | null
  /** Whether it was because the answers are where the job does not read. */
  readonly apart: boolean
}

/**
 * Jobs that follow a run's job, started, each within the amount that was agreed to with the run. Returns the jobs that
 * could not be started, with the reason, and whether that was agreed to all the same. Those that have nothing to do are
 * left alone.
 */
export async function startFollowers(
  jobs: ReadonlyMap<string, LoadedJob>,
  run: Pick<RunRow, 'id' | 'job' | 'maySend'>,
  act: FollowActs,
): Promise<readonly Refused[]> {
  const refused: Refused[] = []
  for (const job of jobsAfter(jobs, run.job)) {
    const agreed = act.agreed.find((follower) => follower.job === job.name)
    try {
      if (act.apart !== null)
        throw new Error(
          `it does not read ${act.apart}, where these invented answers are; --write writes the table`,
        )
      if (run.maySend !== 'all' || agreed === undefined)
        throw new Error(
          run.maySend === 'all' && parseUsd(job.budget?.perRun ?? '') === null
            ? 'it has no budget: { perRun } that agrees to its cost'
            : `nobody has agreed to its cost; offpeak run ${job.name} asks`,
        )
      const planned = await act.plan(job.name)
      if (planned.toSend > 0 || isFreeWork(planned)) await act.start(planned, agreed.capMicroUsd)
    } catch (thrown) {
      const isAgreed = agreed !== undefined && run.maySend === 'all' && act.apart === null
      refused.push({
        job: job.name,
        reason: messageOf(thrown),
        agreed: isAgreed,
        budgetMicroUsd: agreed?.capMicroUsd ?? parseUsd(job.budget?.perRun ?? ''),
        apart: act.apart !== null,
      })
    }
  }
  return refused
}

/** The jobs that name a job in their `after`. */
export function jobsAfter(jobs: ReadonlyMap<string, LoadedJob>, name: string): readonly LoadedJob['job'][] {
  return [...jobs.values()].flatMap(({ job }) => (nameOf(job.after) === name ? [job] : []))
}

function nameOf(after: string | { readonly name: string } | undefined): string | undefined {
  return typeof after === 'object' ? after.name : after
}
