import { OffpeakError } from '../../domain/errors.ts'
import type { PauseKind } from '../../domain/run.ts'
import { noWait, type WaitKind, waits } from '../../domain/wait.ts'
import type { RunRow } from '../../ports/state.ts'
import type { Flow } from '../flow.ts'

export interface Pause {
  readonly kind: PauseKind
  /** For people. */
  readonly reason: string
  /** How much more money the next file needs, where that is what is short. */
  readonly shortMicroUsd?: number
  /** What it waited for until a person was asked: the run resumes when that is over. */
  readonly waitsFor?: WaitKind
}

/** How often it is looked whether what a paused run waits for is over. */
export const lookEveryMs = 300_000

/** The columns of a run that waits for nobody. */
export const unpaused = {
  pauseKind: null,
  pauseReason: null,
  pauseShortMicroUsd: null,
  ...noWait,
} as const

/**
 * Whether a run was paused for a person by this call, with the reason; its batches at the provider continue and are
 * collected. False: it was not going on.
 */
export async function pauseRun(
  flow: Pick<Flow, 'store' | 'clock'>,
  run: Pick<RunRow, 'id'>,
  { kind, reason, shortMicroUsd, waitsFor }: Pause,
): Promise<boolean> {
  return flow.store.changeRun(
    run.id,
    ['building', 'running'],
    {
      state: 'paused',
      pauseKind: kind,
      pauseReason: reason,
      pauseShortMicroUsd: shortMicroUsd ?? null,
      ...noWait,
      waitsFor: waitsFor ?? null,
      waitingSince: waitsFor === undefined ? null : flow.clock.now(),
      // A cause that goes away by itself is looked for all the same.
      nextAt:
        waitsFor === undefined
          ? null
          : flow.clock.now() + (waitsFor === 'changed' ? waits.changed.maxMs : lookEveryMs),
    },
    { at: flow.clock.now(), kind: 'run.paused', data: { kind, reason } },
  )
}

/**
 * The pause of a run because somebody asked for it; a run that is paused already stays as it is. Throws E_RUN_STATE
 * when there is nothing to stop.
 */
export async function pauseByHand(flow: Pick<Flow, 'store' | 'clock'>, run: RunRow): Promise<void> {
  if (run.hold === 1 && run.liveKey !== null)
    throw new OffpeakError('E_RUN_STATE', `run ${run.id} only builds files; nothing of it is sent`, {
      fix: `offpeak submit ${run.id} sends them, offpeak cancel ${run.id} drops them`,
    })
  if (await pauseRun(flow, run, { kind: 'asked', reason: 'by hand, until it is resumed' })) return
  const { state } = (await flow.store.run(run.id)) ?? run
  if (state !== 'paused')
    throw new OffpeakError('E_RUN_STATE', `run ${run.id} is ${state}; there is nothing to pause`, {
      fix: `offpeak status ${run.id} shows where it stands`,
    })
}
