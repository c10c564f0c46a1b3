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

export type RunState = keyof typeof next

export const runStates: readonly RunState[] = Object.keys(next).filter(
  (name): name is RunState => name in next,
)

/**
 * What a paused run waits for: `budget` more money, `credentials` another key, `provider` something else at the
 * account (credit, deployment, limits), `answers` what the provider may have answered and does not give, `job` a change
 * to the job or to where it reads and writes, `changed` somebody's word that the job as it is now is meant, `disk` room
 * on a disk of this machine, `submit` somebody's `submit`, `asked` somebody's `resume`.
 */
export const pauseKinds = [
  'budget',
  'credentials',
  'provider',
  'answers',
  'job',
  'changed',
  'disk',
  'submit',
  'asked',
] as const

export type PauseKind = (typeof pauseKinds)[number]

/**
 * What a run may still send: `all` that its job asks for, only what somebody has `chosen` for a retry, or `nothing`,
 * because whoever opened it was told so. Money is reserved for no run beyond that.
 */
export type MaySend = 'all' | 'chosen' | 'nothing'

/** Whether a run may go from one state to the other in one step. */
export function runMayFollow(from: RunState, to: RunState): boolean {
  return (next[from] as readonly RunState[]).includes(to)
}
