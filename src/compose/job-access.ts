import type { Config } from '../config/config.ts'
import type { LoadedJob } from '../config/jobs.ts'
import { type JobsChanged, jobUnknown } from '../config/project-jobs.ts'
import type { Flow } from '../engine/flow.ts'
import { wakeChanged } from '../engine/job/job-change.ts'
import { configuredBudgets } from './configured-budgets.ts'

/** A job by its name, as the project's files define it now. */
export interface JobAccess extends Pick<Flow, 'job' | 'definition' | 'dayBudget'> {
  /** Throws E_JOB_UNKNOWN, and what is wrong with the file that seems to define it. */
  readonly loaded: (name: string) => Promise<LoadedJob>
}

/** Jobs by name, with what the configuration says of each. */
export function jobAccess({ jobs, settings }: Pick<Config, 'jobs' | 'settings'>): JobAccess {
  return {
    job: async (name) => (await jobs.carried(name))?.job ?? null,
    async definition(name) {
      const found = await jobs.carried(name)
      return found && { ...found.definition(), changedAt: await jobs.changedAt() }
    },
    async dayBudget(name) {
      const found = await jobs.carried(name)
      return found && configuredBudgets({ settings }, found.job)
    },
    async loaded(name) {
      const found = await jobs.find(name)
      if (found) return found
      throw jobUnknown(name, await jobs.all(), await jobs.broken())
    },
  }
}

/** A watch on the job files that wakes what waits for a job as they change. */
export function watchJobFiles(
  { jobs }: Pick<Config, 'jobs'>,
  flow: Flow,
): (tell: (changed: JobsChanged) => void) => Disposable {
  return (tell) =>
    jobs.watch((changed) => {
      tell(changed)
      // What cannot be woken now looks again by itself.
      void wakeChanged(flow).catch(() => undefined)
    })
}
