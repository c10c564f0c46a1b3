import type { Json } from '../json.ts'
import type { FaultAction } from './action.ts'

/** A rule for calls of one kind. */
export interface CallFaultRule {
  readonly id?: string
  /** A kind of call, as `batches.create`; the documents list those of each service. */
  readonly operation: string
  /** Fires from the nth matching call on (1 when absent) … */
  readonly nth?: number
  /** … this many times (1 when absent). */
  readonly times?: number
  /** Before or after the work is committed. */
  readonly when: 'before' | 'after'
  readonly action: FaultAction
}

/** A scenario by its name, with its options beside it. */
export interface ScenarioRule {
  readonly id?: string
  /** `batch`, or the one kind of call that a scenario of calls is to strike; absent: what it concerns anyway. */
  readonly operation?: string
  /** From the nth batch created (or matching call) after the rule was added on (1 when absent) … */
  readonly nth?: number
  /** … for this many (absent: one batch; as many calls as the scenario has by itself). */
  readonly times?: number
  readonly action: {
    readonly type: 'scenario'
    readonly name: string
    readonly [option: string]: Json | undefined
  }
}

/** A rule of faults: one for calls, or one that names a scenario. */
export type FaultRule = CallFaultRule | ScenarioRule

export function isScenarioRule(rule: FaultRule): rule is ScenarioRule {
  return rule.action.type === 'scenario'
}
