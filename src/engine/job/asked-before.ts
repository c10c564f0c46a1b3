import type { Outcome } from '../../domain/outcome.ts'
import { compareMeaning, type Marked } from '../../planning/requests/meaning.ts'
import type { Store } from '../../ports/store.ts'
import { type RunSpec, specOf } from '../spec.ts'
import { isHigher } from './rescue-changes.ts'

/** A record as it is about to become a request. */
interface Wanted extends Marked {
  readonly key: string
}

/** The end of the very same request in an earlier run. */
export interface Ended {
  readonly run: string
  readonly outcome: LeftOut
}

/** Outcomes for which the same request is not sent again by itself: it may be paid already, or would end the same. */
const leftOut = ['lost', 'truncated', 'refused', 'failed', 'rejected'] as const satisfies readonly Outcome[]
/** Outcome of an earlier run for which a record is left out. */
export type LeftOut = (typeof leftOut)[number]

const deterministic = leftOut.filter((outcome) => outcome !== 'lost')
/** What ended in runs before these is asked again. */
const runsToLookAt = 5

/** Records that earlier runs have asked for without an answer that could be taken. */
export interface AskedBefore {
  /** The runs that have lost answers, newest first. */
  readonly lostIn: readonly string[]
  /** Requests whose answers these runs have lost, whichever records are meant now. */
  readonly lost: number
  /** Looks for these keys. What it returns tells what became of the very same request in the newest run; null: none has sent it. */
  readonly of: (keys: readonly string[]) => Promise<(wanted: Wanted) => Ended | null>
}

/** A lookup that knows of no earlier request. */
export const nothingAsked = (): null => null

/**
 * Earlier requests of a job that were asked in vain, by whoever answers now. An answer that was cut counts while the
 * limit is no higher. Where there is none, which is nearly always, its records are not looked at.
 */
export async function askedBefore(
  store: Pick<Store, 'runsThatEnded' | 'endedIn' | 'run'>,
  job: string,
  maxOutputTokens: number | null,
  isSimulated: boolean,
): Promise<AskedBefore> {
  const lost = await store.runsThatEnded(job, ['lost'], isSimulated)
  const lostIn = lost.map(({ run }) => run)
  const failsAgain = (await store.runsThatEnded(job, deterministic, isSimulated))
    .slice(0, runsToLookAt)
    .map(({ run }) => run)
  const runs = [...new Set([...failsAgain, ...lostIn])]
  const limits = new Map(
    await Promise.all(
      failsAgain.map(async (id) => {
        const run = await store.run(id)
        return [id, run && specOf(run).maxOutputTokens] as const
      }),
    ),
  )
  const counts = ({ runId, outcome }: { readonly runId: string; readonly outcome: Outcome }): boolean =>
    outcome === 'lost' ||
    (limits.has(runId) && (outcome !== 'truncated' || !isHigher(maxOutputTokens, limits.get(runId) ?? null)))
  return {
    lostIn,
    lost: lost.reduce((sum, { requests }) => sum + requests, 0),
    async of(keys) {
      if (runs.length === 0) return nothingAsked
      const ended = Map.groupBy(await store.endedIn(runs, keys, leftOut), ({ key }) => key)
      return (wanted) => {
        const found = ended
          .get(wanted.key)
          ?.find((request) => counts(request) && compareMeaning(request.fingerprint, wanted) !== 'changed')
        const outcome = leftOut.find((name) => name === found?.outcome)
        return found && outcome ? { run: found.runId, outcome } : null
      }
    },
  }
}

/** Whether somebody has agreed to ask once more for what was asked in vain, or may have been paid. */
export function mayAskAgain({ redo, payAgain }: Pick<RunSpec, 'redo' | 'payAgain'>): boolean {
  return redo || payAgain
}

const ways = {
  lost: (run: string) =>
    `run ${run} may have paid for it, and its answer is not at hand; offpeak resume ${run} looks for it again and costs nothing`,
  truncated: (run: string) => `run ${run}: its answer was cut at the same limit; raise maxTokens`,
  refused: (run: string) => `run ${run}: the model refused the same request; fix the prompt or the row`,
  rejected: (run: string) =>
    `run ${run}: its answer is there, and the sink did not take it; offpeak merge ${run} writes it again and costs nothing`,
  failed: (run: string) => `run ${run}: the provider refused the same request; fix the prompt or the row`,
} as const satisfies Record<LeftOut, (run: string) => string>

/** Why a record is not sent that an earlier run has asked for. */
export function leftOutReason({ run, outcome }: Ended, job: string): string {
  return `${ways[outcome](run)}; offpeak plan ${job} --pay-again says what asking again costs`
}
