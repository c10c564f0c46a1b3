import { OffpeakError } from '../../../domain/errors.ts'
import { candidateNames } from '../../../ports/candidates.ts'
import type { RunRow } from '../../../ports/state.ts'
import type { Flow } from '../../flow.ts'
import { answeredOutcomes } from './side-figures.ts'
import type { Side } from './sides.ts'

/** A candidate that cannot be compared: it never ran, or its newest run has no answer yet. */
export interface SilentCandidate {
  readonly job: string
  readonly run: string | null
}

/** The candidates of a job that can be compared, in the order in which the job names them, and those that cannot. */
export interface Candidates {
  readonly sides: readonly Side[]
  readonly silent: readonly SilentCandidate[]
}

/**
 * The newest run of each candidate of a job; one without answers would have no record in common with the others, and keep
 * them from being compared. Throws E_JOB_UNKNOWN, and E_USAGE when there are not two to compare.
 */
export async function newestOfCandidates(
  { store, job: jobOf }: Pick<Flow, 'store' | 'job'>,
  name: string,
): Promise<Candidates> {
  const job = await jobOf(name)
  if (job === null) throw new OffpeakError('E_JOB_UNKNOWN', `there is no job ${name}`)
  const names = candidateNames(job)
  const runs = await Promise.all(names.map((candidate) => store.runs({ job: candidate, limit: 1 })))
  const sides: Side[] = []
  const silent: SilentCandidate[] = []
  for (const [at, [run]] of runs.entries())
    if (run !== undefined && (await hasAnswers(store, run))) sides.push({ run, variant: null })
    else silent.push({ job: names[at] ?? '', run: run?.id ?? null })
  if (sides.length > 1) return { sides, silent }
  throw new OffpeakError(
    'E_USAGE',
    names.length === 0
      ? `the job ${name} has no candidates`
      : `${sides.length === 0 ? 'none' : 'only one'} of the candidates of ${name} has answers`,
    {
      fix:
        names.length === 0
          ? 'candidates: { now: {}, short: { prompt: … } } in the job'
          : `offpeak run ${name} --candidates --limit 200`,
    },
  )
}

async function hasAnswers(store: Flow['store'], run: RunRow): Promise<boolean> {
  const [answered] = await store.requests(run.id, { afterSeq: -1, limit: 1, outcomes: answeredOutcomes })
  return answered !== undefined
}
