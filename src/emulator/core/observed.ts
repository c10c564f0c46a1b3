import { type BatchRecord, type Maker, isTerminal } from './records.ts'
import type { Polls } from './scenarios/object-play.ts'

/** How often one caller has made one kind of call. */
export interface CallCount {
  readonly operation: string
  readonly organization: string | null
  readonly project: string | null
  readonly count: number
}

/** Counts of calls that the service has seen since it started; it forgets them when it stops. */
export interface Observed {
  /** Counts one more of something; returns how many there are. */
  tally(what: string): number
  countPoll(batch: BatchRecord): void
  polls(batchId: string): Polls
  countCall(operation: string, maker: Maker): void
  calls(): readonly CallCount[]
}

const noPolls: Polls = { live: 0, ended: 0 }

export function makeObserved(): Observed {
  const tallies = new Map<string, number>()
  const polls = new Map<string, Polls>()
  const calls = new Map<string, CallCount>()
  return {
    tally: (what) => {
      const count = (tallies.get(what) ?? 0) + 1
      tallies.set(what, count)
      return count
    },
    countPoll: (batch) => {
      // Only scenarios ask for the count.
      if (batch.scenarios.length === 0 || batch.status === 'validating') return
      const { live, ended } = polls.get(batch.id) ?? noPolls
      const over = isTerminal(batch.status)
      polls.set(batch.id, { live: live + Number(!over), ended: ended + Number(over) })
    },
    polls: (batchId) => polls.get(batchId) ?? noPolls,
    countCall: (operation, { organization, project }) => {
      const key = JSON.stringify([operation, organization, project])
      const count = (calls.get(key)?.count ?? 0) + 1
      calls.set(key, { operation, organization, project, count })
    },
    calls: () => [...calls.values()],
  }
}
