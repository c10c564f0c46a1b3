import { glob } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import { OffpeakError } from '../domain/errors.ts'
import { baseJob, candidateJobs } from '../ports/candidates.ts'
import { type AnyJob, isJob } from '../ports/job.ts'
import type { LoadModule } from './load-module.ts'

/** A job and the file that defines it. */
export interface LoadedJob {
  readonly job: AnyJob
  readonly file: string
}

const namePattern = /^[a-z0-9][a-z0-9._-]{0,63}$/i

/**
 * All jobs that the project's job files export, by name. Throws E_JOB_FILE for a file that cannot be loaded or holds
 * no job, and E_JOB_INVALID for a name that is unusable or taken twice.
 */
export async function loadJobs(
  dir: string,
  patterns: readonly string[],
  load: LoadModule,
): Promise<ReadonlyMap<string, LoadedJob>> {
  const files = new Set<string>()
  for (const pattern of patterns) {
    for await (const file of glob(pattern, { cwd: dir, exclude: (path) => path.includes('node_modules') }))
      files.add(resolve(dir, file))
  }
  const jobs = new Map<string, LoadedJob>()
  for (const file of [...files].toSorted()) {
    const where = relative(dir, file)
    const found = jobsOf(await load(file))
    if (found.length === 0) {
      throw new OffpeakError('E_JOB_FILE', 'the file exports no job', {
        where,
        fix: 'export default defineJob({ … })',
      })
    }
    for (const job of found) {
      if (typeof job.name !== 'string' || !namePattern.test(job.name)) {
        throw new OffpeakError(
          'E_JOB_INVALID',
          `a job is named ${JSON.stringify(job.name)}; names are letters, digits, dots, dashes and underscores`,
          { where },
        )
      }
      const taken = jobs.get(job.name)
      if (taken)
        throw new OffpeakError('E_JOB_INVALID', `two jobs are named ${job.name}`, {
          where: `${where} and ${taken.file}`,
          fix: 'rename one of them',
        })
      jobs.set(job.name, { job, file: where })
      for (const candidate of candidateJobs(job)) {
        requireCandidateName(candidate.name, where)
        jobs.set(candidate.name, { job: candidate, file: where })
      }
    }
  }
  return jobs
}

/** Throws E_JOB_INVALID. */
function requireCandidateName(name: string, where: string): void {
  const candidate = name.slice(baseJob(name).length + 1)
  if (namePattern.test(candidate)) return
  throw new OffpeakError(
    'E_JOB_INVALID',
    `a candidate of ${baseJob(name)} is named ${JSON.stringify(candidate)}; names are letters, digits, dots, dashes and underscores`,
    { where },
  )
}

function jobsOf(module: unknown): readonly AnyJob[] {
  if (typeof module !== 'object' || module === null) return []
  return [...new Set(Object.values(module))].filter(isJob)
}
