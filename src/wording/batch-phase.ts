import type { AttemptState, Ending } from '../domain/attempt.ts'

/** The phases of a batch in the order of its way, the farthest first. */
export const phaseOrder = [
  'done',
  'cut',
  'merging',
  'finalizing',
  'running',
  'doubt',
  'sending',
  'waiting',
] as const
export type BatchPhase = (typeof phaseOrder)[number]

/** The word for each phase, the same on every screen and page. */
export const phaseWords: Readonly<Record<BatchPhase, string>> = {
  done: 'done',
  cut: 'incomplete',
  merging: 'downloading',
  finalizing: 'finalizing',
  running: 'running',
  doubt: 'unconfirmed',
  sending: 'sending',
  waiting: 'waiting',
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
export const batchStates: readonly AttemptState[] = Object.keys(phases).filter(
  (name): name is AttemptState => name in phases,
)

/** A batch as far as its phase goes. */
interface Batch {
  readonly state: AttemptState
  readonly ending: Ending | 'lost' | null
}

/** Where a batch is on its way, as few phases as a person needs. */
export function phaseOf({ state, ending }: Batch): BatchPhase {
  return state === 'merged' && ending !== null && ending !== 'completed' ? 'cut' : phases[state]
}

/** How many batches are in each phase that has any, in the order of the way; `count` stands for several alike. */
export function phaseCounts(
  batches: readonly (Batch & { readonly count?: number })[],
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
