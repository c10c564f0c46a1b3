import type { AttemptState } from '../../domain/attempt.ts'
import type { BatchStatus } from '../../engine/queries/status.ts'
import type { Paint } from './paint.ts'

export type BatchPhase =
  | 'done'
  | 'merging'
  | 'finalizing'
  | 'running'
  | 'doubt'
  | 'sending'
  | 'waiting'
  | 'cut'

/** How a phase is drawn: a shape that reads without colour, and the word for it. */
export const batchPhases: Readonly<
  Record<BatchPhase, { readonly shape: string; readonly words: string; readonly paint: keyof Paint }>
> = {
  done: { shape: '+', words: 'done', paint: 'good' },
  cut: { shape: 'x', words: 'ended early', paint: 'bad' },
  merging: { shape: 'v', words: 'downloading', paint: 'good' },
  finalizing: { shape: 'f', words: 'finalizing', paint: 'command' },
  running: { shape: 'o', words: 'running', paint: 'command' },
  doubt: { shape: '?', words: 'in doubt', paint: 'warn' },
  sending: { shape: '^', words: 'sending', paint: 'command' },
  waiting: { shape: '.', words: 'waiting', paint: 'faint' },
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

/** Where a batch is on its way, as few phases as a person needs. */
export function phaseOf({ state, ending }: Pick<BatchStatus, 'state' | 'ending'>): BatchPhase {
  if (state === 'merged' && ending !== null && ending !== 'completed') return 'cut'
  return phases[state]
}

const order: readonly BatchPhase[] = [
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
  batches: readonly Pick<BatchStatus, 'state' | 'ending'>[],
): readonly { readonly phase: BatchPhase; readonly count: number }[] {
  const counts = Map.groupBy(batches, phaseOf)
  return order
    .map((phase) => ({ phase, count: counts.get(phase)?.length ?? 0 }))
    .filter(({ count }) => count > 0)
}

/** One shape per batch, or per some batches when they are many; no phase that has a batch is dropped. */
export function phaseStrip(
  counts: readonly { readonly phase: BatchPhase; readonly count: number }[],
  width: number,
  paint: Paint,
): string {
  const total = counts.reduce((sum, { count }) => sum + count, 0)
  const gaps = counts.length - 1
  const scale = total + gaps <= width ? 1 : Math.max(1, width - gaps - counts.length) / total
  return counts
    .map(({ phase, count }) =>
      paint[batchPhases[phase].paint](
        batchPhases[phase].shape.repeat(Math.max(1, Math.floor(count * scale))),
      ),
    )
    .join(' ')
}
