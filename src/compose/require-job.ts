import type { LoadedJob } from '../config/jobs.ts'
import { OffpeakError } from '../domain/errors.ts'

/** The job of a name. Throws E_JOB_UNKNOWN with the names that there are. */
export function requireJob(jobs: ReadonlyMap<string, LoadedJob>, name: string): LoadedJob {
  const job = jobs.get(name)
  if (job) return job
  const names = [...jobs.keys()]
  throw new OffpeakError('E_JOB_UNKNOWN', `there is no job ${name}`, {
    fix:
      names.length === 0
        ? 'no job files were found; `offpeak init` writes one, or set `jobs` in offpeak.config.ts'
        : `the jobs are ${names.join(', ')}`,
  })
}
