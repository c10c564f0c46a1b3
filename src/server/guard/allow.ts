import { OffpeakError } from '../../domain/errors.ts'
import { allows, type Scope } from '../../domain/scope.ts'
import type { LoadedJob } from '../../config/jobs.ts'
import { specOf } from '../../engine/spec.ts'
import type { RunRow } from '../../ports/state.ts'
import type { Project } from '../../compose/project.ts'
import type { Store } from '../../ports/store.ts'
import { Refusal } from '../problem.ts'
import { type Caller, sees } from './caller.ts'

/** The caller, when it may do what needs this scope. Throws E_KEY, the same whatever is wrong, and E_SCOPE. */
export function requireScope(caller: Caller | null, scope: Scope): Caller {
  if (caller === null)
    throw new Refusal('E_KEY', 'this needs a key that is valid', {
      where: 'the X-API-Key header',
      fix: '`offpeak keys add` makes one; the dashboard is opened with the link that `offpeak serve` prints',
      headers: { 'www-authenticate': 'Bearer realm="offpeak"' },
    })
  if (allows(caller.scope, scope)) return caller
  throw new OffpeakError('E_SCOPE', `this needs the scope ${scope}, and the key has ${caller.scope}`, {
    fix: `offpeak keys add --scope ${scope}`,
  })
}

/**
 * The job, when it is there and the caller sees it. Throws E_JOB_UNKNOWN, the same for one that the caller does not see
 * and for one that nobody has: what else there is, is told to those who see all.
 */
export async function requireJob(
  { job, config }: Pick<Project, 'job' | 'config'>,
  caller: Caller,
  name: string,
): Promise<LoadedJob> {
  if (caller.jobs === null) return job(name)
  const found = sees(caller, name) ? (await config.jobs.all()).get(name) : undefined
  if (found) return found
  throw new OffpeakError('E_JOB_UNKNOWN', `there is no job ${name}`, { fix: 'GET /api/v1/jobs lists them' })
}

/** The run with exactly this id, when the caller sees its job. Throws E_RUN_UNKNOWN. */
export async function requireRun(store: Pick<Store, 'run'>, caller: Caller, id: string): Promise<RunRow> {
  const run = await store.run(id)
  if (run && sees(caller, run.job)) return run
  throw unknownRun(id)
}

/** The same for a run that is not there and for one that the caller does not see. */
export function unknownRun(id: string): OffpeakError {
  return new OffpeakError('E_RUN_UNKNOWN', `there is no run ${id}`, { fix: 'GET /api/v1/runs lists them' })
}

/** The guard of answers about all jobs: throws E_SCOPE for a caller that sees some only. */
export function requireAllJobs(caller: Caller): void {
  if (caller.jobs === null) return
  throw new OffpeakError('E_SCOPE', 'this is about all jobs, and the key is for some of them only', {
    fix: 'ask with a key that is for all jobs: offpeak keys add <name> without --jobs',
  })
}

/**
 * The guard of a caller's own budget: throws E_SCOPE when the caller would spend on a run that draws on another, where
 * its bound would bind nothing.
 */
export function requireOwnBudget({ budget }: Caller, run: RunRow): void {
  if (budget === null || specOf(run).payer?.key === budget.key) return
  throw new OffpeakError(
    'E_SCOPE',
    `run ${run.id} was not started with this key, which has a budget of its own`,
    {
      fix: 'use a key without a budget, or the command line',
    },
  )
}
