/**
 * The life of a run. `building` still reads the source (batches may already be out), `running` only waits for
 * batches, `paused` waits for a person (budget, account), `done` has an outcome for every record.
 */
const next = {
  building: ['running', 'paused', 'cancelling', 'done'],
  running: ['building', 'paused', 'cancelling', 'done'],
  paused: ['building', 'running', 'cancelling'],
  cancelling: ['cancelled'],
  cancelled: ['running'],
  done: ['running'],
} as const satisfies Record<string, readonly string[]>

/** State of a run. */
export type RunState = keyof typeof next

export const runStates: readonly RunState[] = Object.keys(next).filter(
  (name): name is RunState => name in next,
)

/**
 * Reasons of a paused run: `budget` it needs more money, `credentials` another key, `provider` something else at the
 * account (credit, deployment, limits), `answers` what the provider may have answered and does not give, `unusable` a
 * decision, as not one answer so far is usable, `job` a change to the job or to where it reads and writes, `changed` a
 * confirmation that the job as it is now is meant, `disk` room on a disk of this machine, `submit` a `submit`, `asked` a
 * `resume`.
 */
export const pauseKinds = [
  'budget',
  'credentials',
  'provider',
  'answers',
  'unusable',
  'job',
  'changed',
  'disk',
  'submit',
  'asked',
] as const

/** Reason of a paused run: one of `pauseKinds`. */
export type PauseKind = (typeof pauseKinds)[number]

/**
 * Requests that a run may still send: `all` that its job asks for, only those `chosen` for a retry, or `nothing`, as
 * promised to whoever opened it. Money is reserved for no run beyond that.
 */
export type MaySend = 'all' | 'chosen' | 'nothing'

/** Whether a run may go from one state to the other in one step. */
export function runMayFollow(from: RunState, to: RunState): boolean {
  return (next[from] as readonly RunState[]).includes(to)
}
