import type { FaultAction } from '../faults/action.ts'
import type { Scenario } from '../records.ts'
import type { DownloadPlay } from './download-play.ts'
import type { LinePlay } from './line-play.ts'
import type { CountsPlay, ObjectPlay } from './object-play.ts'

/** A value that a scenario can be given; what it is when nothing is given. */
export type ScenarioOption =
  | {
      readonly kind: 'number'
      /** `null` stands for without end; written `always` on the command line. */
      readonly fallback: number | null
      readonly about: string
    }
  | {
      readonly kind: 'choice'
      readonly of: readonly string[]
      readonly fallback: string
      readonly about: string
    }
  | { readonly kind: 'text'; readonly fallback: string | null; readonly about: string }

interface Head {
  readonly name: string
  /** What happens, in one line. */
  readonly summary: string
  readonly options?: Readonly<Record<string, ScenarioOption>>
}

/** A scenario that one batch goes through; chosen when the batch is created and kept with it. */
export interface BatchScenario extends Head {
  readonly concerns: 'batch'
  /** The create call itself is refused: there will be no batch. */
  readonly refusesCreate?: true
  /** What it goes through as well: scenarios of every service, with their options. */
  readonly entails?: (scenario: Scenario) => readonly Scenario[]
  /** What becomes of its lines. */
  readonly lines?: (scenario: Scenario) => LinePlay
  /** What the batch counts of its requests. */
  readonly counts?: CountsPlay
  /** How the batch object is written; for scenarios of one dialect. */
  readonly object?: ObjectPlay
  /** How its output file comes down. */
  readonly download?: DownloadPlay
}

/** The facts of a call when a scenario looks at it. */
export interface StruckCall {
  readonly operation: string
  /** The service that is called. */
  readonly profile: string
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** 1 for the first call that the scenario strikes (of its kind, where kinds are counted apart). */
  readonly firing: number
  readonly scenario: Scenario
}

/** A scenario of calls to the service, whatever they are about. */
export interface CallScenario extends Head {
  readonly concerns: 'call'
  /** The kinds of call that it can strike. */
  readonly operations: readonly string[] | 'all'
  /** How many calls it strikes when nothing is said; `Infinity`: all until it is cleared. */
  readonly times: number
  /** Whether each kind of call is counted by itself. */
  readonly perOperation?: true
  /** Before the work is done, or after it was done with success. */
  readonly when: 'before' | 'after'
  /** Left out where those who answer the call ask for the scenario by its name. */
  readonly strike?: (call: StruckCall) => FaultAction | null
}

export type ScenarioDefinition = BatchScenario | CallScenario

/** Every so many lines, one. */
export const every = (fallback: number): ScenarioOption => ({
  kind: 'number',
  fallback,
  about: 'every how many lines',
})
