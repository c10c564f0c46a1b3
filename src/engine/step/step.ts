import type { AttemptRow, RunRow } from '../../ports/state.ts'
import type { Flow } from '../flow.ts'
import type { Lease } from '../lease.ts'
import type { PreparedJob } from '../job/prepare.ts'
import type { RunSpec } from '../spec.ts'

/** The context of a step. */
export interface Step {
  readonly flow: Flow
  readonly lease: Lease
  readonly run: RunRow
  readonly spec: RunSpec
  readonly job: PreparedJob
  readonly attempt: AttemptRow
}

/** Go on at once with the new state, look again at a time, or never. */
export type After =
  | { readonly kind: 'on' }
  | { readonly kind: 'at'; readonly at: number }
  | { readonly kind: 'end' }

export const proceed: After = { kind: 'on' }
export const end: After = { kind: 'end' }
export function retryAt(at: number): After {
  return { kind: 'at', at }
}
