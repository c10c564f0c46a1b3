import type { RunStatus, RunSummary } from '../../../src/server/contract/run.ts'
import type { Shape } from '../design/shape.tsx'
import type { Tone } from './tone.ts'
import { isTrouble } from './wait.ts'

/** How the state of a run is drawn. */
export function runStateMark({
  state,
  needsAttention,
  pauseKind,
  money,
  waits = [],
}: Pick<RunSummary, 'state' | 'needsAttention' | 'pauseKind'> & {
  /** Where a list knows why something of it stands still. */
  readonly waits?: RunSummary['waits']
  /** Where it is known: money that was paid twice, or may have been paid without an answer, needs attention too. */
  readonly money?: Pick<RunStatus['money'], 'duplicateMicroUsd' | 'possiblyPaidMicroUsd'>
}): {
  readonly shape: Shape
  readonly tone: Tone
  readonly words: string
} {
  const trouble = waits.find(isTrouble)
  switch (state) {
    case 'done':
      return needsAttention > 0 ||
        (money?.duplicateMicroUsd ?? 0) > 0 ||
        (money?.possiblyPaidMicroUsd ?? 0) > 0
        ? { shape: 'warn', tone: 'warn', words: 'needs attention' }
        : { shape: 'check', tone: 'good', words: 'done' }
    case 'paused':
      return pauseKind === 'submit'
        ? { shape: 'pause', tone: 'warn', words: 'built' }
        : { shape: 'pause', tone: pauseKind === 'asked' ? 'warn' : 'bad', words: 'paused' }
    case 'cancelled':
      return { shape: 'dash', tone: 'faint', words: 'cancelled' }
    case 'cancelling':
      if (trouble) return { shape: 'dash', tone: 'warn', words: `cancelling, waits: ${trouble.for}` }
      return { shape: 'dash', tone: 'warn', words: 'cancelling' }
    case 'building':
    case 'running':
      if (trouble) return { shape: 'warn', tone: 'warn', words: `waits: ${trouble.for}` }
      return { shape: 'half', tone: 'accent', words: state }
  }
}

/** What a paused run waits for, as one would say it. */
export const pauseWords: Readonly<Record<NonNullable<RunStatus['pauseKind']>, string>> = {
  budget: 'It needs more money.',
  credentials: 'It needs another key.',
  provider: 'Something at the provider, or on the way to it, is to be fixed.',
  answers: 'The provider may have answers that it does not give: look again, or take what is there.',
  unusable:
    'Not one answer so far is usable. Nothing more is bought before somebody has looked: resume it, or cancel it and fix the job.',
  job: 'The job, or where it reads or writes, is to be fixed.',
  changed:
    'Its job is not the one that it began with. Nothing is judged or sent again until somebody says which is meant.',
  disk: 'A disk of the machine that drives it is full, or does not work.',
  submit: 'Its files are built; nothing is sent before somebody submits it.',
  asked: 'Somebody paused it. What is at the provider runs on; nothing new is sent.',
}

/** Whether anything still happens by itself, or may after a word of somebody. */
export function isLive({ state }: Pick<RunSummary, 'state'>): boolean {
  return state !== 'done' && state !== 'cancelled'
}

/** The records that a run is about: exact once the source is read, else as planned. */
export function recordsOf(status: Pick<RunStatus, 'selected' | 'unchanged' | 'sourceDone' | 'plan'>): number {
  const read = status.selected - status.unchanged
  return status.sourceDone || status.plan === null
    ? read
    : Math.max(read, status.plan.selected - status.plan.unchanged)
}
