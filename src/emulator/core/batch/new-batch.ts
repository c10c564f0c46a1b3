import type { Call } from '../http/call.ts'
import {
  type BatchRecord,
  type Scenario,
  isTerminal,
  numberOption,
  scenarioOf,
  textOption,
} from '../records.ts'

/** The dialect's part of a batch that it makes. */
export type NewBatch = Pick<BatchRecord, 'id' | 'details' | 'metadata' | 'model' | 'total'> & {
  /** How long it may take, in provider seconds. */
  readonly windowSeconds: number
  /** When it is made, in provider milliseconds, where its id says so too; now when left out. */
  readonly createdAtMs?: number
}

/** A batch of the caller, with the scenarios that are due for it. */
export function newBatch({ state, profile, maker }: Call, given: NewBatch): BatchRecord {
  const { windowSeconds, createdAtMs: nowMs = state.clock.nowMs(), ...rest } = given
  const scenarios = state.faults
    .scenariosForNextBatch(profile)
    .flatMap((scenario) => [scenario, ...(state.scenarios.ofBatch(scenario.name)?.entails?.(scenario) ?? [])])
  const find = (name: string): Scenario | undefined => scenarios.find((scenario) => scenario.name === name)
  const early = find('expire-partial') ?? find('expire-all')
  const lag = find('list-lag')
  const seconds = early ? numberOption(early, 'windowSeconds') : windowSeconds
  return {
    ...rest,
    profile,
    maker,
    scenarios,
    listedAtRealMs: Date.now() + (lag ? numberOption(lag, 'ms') : state.settings.listLagMs),
    status: 'validating',
    createdAtMs: nowMs,
    expiresAtMs: nowMs + seconds * 1000,
    times: {},
    enqueuedTokens: 0,
    errors: null,
    settlement: null,
  }
}

/** Whether a service answers for a batch no longer, once it has ended. */
export function isGone(batch: BatchRecord): boolean {
  return isTerminal(batch.status) && scenarioOf(batch, 'gone') !== undefined
}

/** Whether the list shows a batch to this call. */
export function isListed({ state, playing }: Call, batch: BatchRecord): boolean {
  if (batch.listedAtRealMs > Date.now()) return false
  const hidden = playing.get('hidden-list')
  if (hidden === undefined) return true
  const ageMs = state.clock.nowMs() - batch.createdAtMs
  return textOption(hidden, 'which') !== 'all' && ageMs >= numberOption(hidden, 'seconds') * 1000
}
