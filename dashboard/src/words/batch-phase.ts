import type { Batch } from '../../../src/server/contract/run.ts'
import type { Shape } from '../design/shape.tsx'
import type { Tone } from './tone.ts'

type AttemptState = Batch['state']

export type BatchPhase =
  | 'done'
  | 'cut'
  | 'merging'
  | 'finalizing'
  | 'running'
  | 'doubt'
  | 'sending'
  | 'waiting'

/** How a phase is drawn: a shape that reads without colour, and the word for it. */
export const batchPhases: Readonly<
  Record<BatchPhase, { readonly shape: Shape; readonly words: string; readonly tone: Tone }>
> = {
  done: { shape: 'check', words: 'done', tone: 'good' },
  cut: { shape: 'cross', words: 'ended early', tone: 'bad' },
  merging: { shape: 'down', words: 'downloading', tone: 'good' },
  finalizing: { shape: 'ring', words: 'finalizing', tone: 'accent' },
  running: { shape: 'half', words: 'running', tone: 'accent' },
  doubt: { shape: 'doubt', words: 'in doubt', tone: 'warn' },
  sending: { shape: 'up', words: 'sending', tone: 'accent' },
  waiting: { shape: 'dots', words: 'waiting', tone: 'faint' },
}

const phases: Readonly<Record<AttemptState, BatchPhase>> = {
  waiting: 'waiting',
  reserved: 'sending',
  uploading: 'sending',
  uploaded: 'sending',
  creating: 'sending',
  in_doubt: 'doubt',
  fenced: 'doubt',
  asking: 'running',
  created: 'running',
  validating: 'running',
  in_progress: 'running',
  cancelling: 'running',
  finalizing: 'finalizing',
  completed: 'merging',
  failed: 'merging',
  expired: 'merging',
  cancelled: 'merging',
  lost: 'merging',
  collected: 'merging',
  merged: 'done',
  void: 'cut',
}

/** Every state of an attempt, by name. */
export const attemptStates: readonly AttemptState[] = Object.keys(phases).filter(
  (name): name is AttemptState => name in phases,
)

const endedEarly: readonly (string | null)[] = ['failed', 'expired', 'cancelled', 'lost']

/** Where a batch is on its way, as few phases as a person needs. */
export function phaseOf({ state, ending }: Pick<Batch, 'state' | 'ending'>): BatchPhase {
  return state === 'merged' && endedEarly.includes(ending) ? 'cut' : phases[state]
}

/** The phases in the order of the way. */
export const phaseOrder: readonly BatchPhase[] = [
  'done',
  'cut',
  'merging',
  'finalizing',
  'running',
  'doubt',
  'sending',
  'waiting',
]

/** How many batches are in each phase, in the order of the way. */
export function phaseCounts(
  batches: readonly {
    readonly state: AttemptState
    readonly ending: Batch['ending']
    readonly count?: number
  }[],
): readonly { readonly phase: BatchPhase; readonly count: number }[] {
  const counts = new Map<BatchPhase, number>()
  for (const batch of batches) {
    const phase = phaseOf(batch)
    counts.set(phase, (counts.get(phase) ?? 0) + (batch.count ?? 1))
  }
  return phaseOrder.flatMap((phase) => {
    const count = counts.get(phase)
    return count === undefined ? [] : [{ phase, count }]
  })
}
