import { OffpeakError } from '../../../domain/errors.ts'
import { candidateNames } from '../../../ports/candidates.ts'
import type { Flow } from '../../flow.ts'
import type { Side } from './sides.ts'

/**
 * The newest run of each candidate of a job, in the order in which the job names them. Throws E_JOB_UNKNOWN, and E_USAGE when
 * there are not two to compare.
 */
export async function newestOfCandidates(
  { store, job: jobOf }: Pick<Flow, 'store' | 'job'>,
  name: string,
): Promise<readonly Side[]> {
  const job = await jobOf(name)
  if (job === null) throw new OffpeakError('E_JOB_UNKNOWN', `there is no job ${name}`)
  const names = candidateNames(job)
  const runs = await Promise.all(names.map((candidate) => store.runs({ job: candidate, limit: 1 })))
  const sides = runs.flatMap(([run]) => (run === undefined ? [] : [{ run, variant: null }]))
  if (sides.length > 1) return sides
  throw new OffpeakError(
    'E_USAGE',
    names.length === 0
      ? `the job ${name} has no candidates`
      : `${sides.length === 0 ? 'none' : 'only one'} of the candidates of ${name} has run`,
    {
      fix:
        names.length === 0
          ? 'candidates: { now: {}, short: { prompt: … } } in the job'
          : `offpeak run ${name} --candidates --limit 200`,
    },
  )
}
