import type { Config } from '../config/config.ts'
import type { LoadedJob } from '../config/jobs.ts'
import { messageOf } from '../domain/errors.ts'
import { parseUsd } from '../domain/money.ts'
import type { Plan } from '../engine/plan/plan.ts'
import type { RunRow } from '../ports/state.ts'

/** Planning and starting all that a job selects. */
export interface FollowActs {
  /** Where the answers of the run are, when that is not where the jobs read; null: they are there. */
  readonly apart: string | null
  readonly plan: (job: string) => Promise<Plan>
  readonly start: (planned: Plan, capMicroUsd: number) => Promise<unknown>
}

/**
 * Starts the jobs that follow a run's job, each within its own budget per run, which is the consent to spend it.
 * Returns the jobs that could not be started, with the reason. Those that have nothing to do are left alone.
 */
export async function startFollowers(
  jobs: ReadonlyMap<string, LoadedJob>,
  run: Pick<RunRow, 'id' | 'job'>,
  act: FollowActs,
): Promise<readonly { readonly job: string; readonly reason: string }[]> {
  const refused: { job: string; reason: string }[] = []
  for (const { job } of jobs.values()) {
    if (nameOf(job.after) !== run.job) continue
    const capMicroUsd = parseUsd(job.budget?.perRun ?? '')
    try {
      if (act.apart !== null)
        throw new Error(
          `it does not read ${act.apart}, where these invented answers are; --write writes the table`,
        )
      if (capMicroUsd === null) throw new Error('it has no budget: { perRun } that agrees to its cost')
      const planned = await act.plan(job.name)
      if (planned.toSend > 0) await act.start(planned, capMicroUsd)
    } catch (thrown) {
      refused.push({ job: job.name, reason: messageOf(thrown) })
    }
  }
  return refused
}

/** The jobs that follow a job. */
export async function followersOf({ jobs }: Pick<Config, 'jobs'>, name: string): Promise<readonly string[]> {
  return [...(await jobs.all()).values()].flatMap(({ job }) => (nameOf(job.after) === name ? [job.name] : []))
}

function nameOf(after: string | { readonly name: string } | undefined): string | undefined {
  return typeof after === 'object' ? after.name : after
}
