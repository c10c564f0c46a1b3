import type { Store } from '../../ports/store.ts'
import type { RunSpec } from '../spec.ts'

/** A record as it is about to become a request. */
interface Wanted {
  readonly key: string
  readonly fingerprint: string
}

/** Records that earlier runs may have paid for without an answer at hand. */
export interface PaidBefore {
  /** The runs that have lost answers, newest first. */
  readonly runs: readonly string[]
  /** Requests whose answers these runs have lost, whichever records are meant now. */
  readonly requests: number
  /** Looks for these keys. What it returns tells the newest run that may have paid for the very same request; null: none. */
  readonly of: (keys: readonly string[]) => Promise<(wanted: Wanted) => string | null>
}

/** Tells of no record that it was paid before. */
export const nothingLost = (): null => null

/** Looks for lost answers of a job, by whoever answers now; where there are none, which is nearly always, its records are not looked at. */
export async function paidBefore(
  store: Pick<Store, 'runsWithLost' | 'lostIn'>,
  job: string,
  isSimulated: boolean,
): Promise<PaidBefore> {
  const found = await store.runsWithLost(job, isSimulated)
  const runs = found.map(({ run }) => run)
  return {
    runs,
    requests: found.reduce((sum, { requests }) => sum + requests, 0),
    async of(keys) {
      if (runs.length === 0) return nothingLost
      const lost = Map.groupBy(await store.lostIn(runs, keys), ({ key }) => key)
      return ({ key, fingerprint }) =>
        lost.get(key)?.find((request) => request.fingerprint === fingerprint)?.runId ?? null
    },
  }
}

/** Whether somebody has agreed to pay once more for what may have been paid. */
export function mayPayAgain({ redo, payAgain }: Pick<RunSpec, 'redo' | 'payAgain'>): boolean {
  return redo || payAgain
}

/** Why a record is not sent that an earlier run may have paid for. */
export function paidBeforeReason(run: string, job: string): string {
  return `run ${run} may have paid for it, and its answer is not at hand; offpeak resume ${run} looks for it again and costs nothing, offpeak run ${job} --pay-again asks anew`
}
