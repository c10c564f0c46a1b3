import { type BatchPhase, phaseWords } from '../../wording/batch-phase.ts'
import type { Paint } from './paint.ts'

/** How a phase is drawn on a terminal: a character that reads without colour, its word and its colour. */
export const batchPhases: Readonly<
  Record<BatchPhase, { readonly shape: string; readonly words: string; readonly paint: keyof Paint }>
> = {
  done: { shape: '+', words: phaseWords.done, paint: 'good' },
  cut: { shape: 'x', words: phaseWords.cut, paint: 'bad' },
  merging: { shape: 'v', words: phaseWords.merging, paint: 'good' },
  finalizing: { shape: 'f', words: phaseWords.finalizing, paint: 'command' },
  running: { shape: 'o', words: phaseWords.running, paint: 'command' },
  doubt: { shape: '?', words: phaseWords.doubt, paint: 'warn' },
  sending: { shape: '^', words: phaseWords.sending, paint: 'command' },
  waiting: { shape: '.', words: phaseWords.waiting, paint: 'faint' },
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
