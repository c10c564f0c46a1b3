import { type BatchPhase, phaseWords } from '../../../src/wording/batch-phase.ts'
import type { Shape } from '../design/shape.tsx'
import type { Tone } from './tone.ts'

/** How a phase is drawn: a shape that reads without colour, and the word for it. */
export const batchPhases: Readonly<
  Record<BatchPhase, { readonly shape: Shape; readonly words: string; readonly tone: Tone }>
> = {
  done: { shape: 'check', words: phaseWords.done, tone: 'good' },
  cut: { shape: 'cross', words: phaseWords.cut, tone: 'bad' },
  merging: { shape: 'down', words: phaseWords.merging, tone: 'good' },
  finalizing: { shape: 'ring', words: phaseWords.finalizing, tone: 'accent' },
  running: { shape: 'half', words: phaseWords.running, tone: 'accent' },
  doubt: { shape: 'doubt', words: phaseWords.doubt, tone: 'warn' },
  sending: { shape: 'up', words: phaseWords.sending, tone: 'accent' },
  waiting: { shape: 'dots', words: phaseWords.waiting, tone: 'faint' },
}
