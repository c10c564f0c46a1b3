import type { AcceptedAnswers, ResumeHow } from '../../engine/control/control.ts'
import type { Adopted } from '../../engine/job/job-change.ts'
import type { LookedAgain } from '../../engine/advance/look-again.ts'
import type { DroppedUnsent } from '../../engine/control/drop-unsent.ts'
import type { RemoteBatch } from '../../ports/provider/batch-service.ts'
import type { RunRow } from '../../ports/state.ts'
import { runIn, type Workspace } from '../workspace.ts'

/** Actions of people on a run that is there. */
export interface Steering {
  /**
   * Throws E_JOB_CHANGED where the job is not the one that the run began with, unless `today` says that it is meant.
   * `followersMicroUsd`: what the runs after it may cost besides; what was agreed to before when left out.
   */
  readonly resume: (runId: string, capMicroUsd: number | null, how?: ResumeHow) => Promise<RunRow>
  /** Lets a run, also one that is over, go by its job as it is now. Pays nothing and starts nothing. */
  readonly takeToday: (runId: string) => Promise<Adopted>
  /** Takes what is there where answers are missing; these count as possibly paid. */
  readonly accept: (runId: string) => Promise<AcceptedAnswers>
  /** Looks at the provider for answers that were given up; what is found is merged without paying. Sends nothing. */
  readonly lookForLost: (runId: string) => Promise<LookedAgain>
  /** The runs in which lost answers are to be looked for: this one, and those that may have paid for what it has left out. */
  readonly runsToLookIn: (runId: string) => Promise<readonly string[]>
  /** Sends no more of a run until it is resumed; what is at the provider goes on. Throws E_RUN_STATE. */
  readonly pause: (runId: string) => Promise<void>
  readonly cancel: (runId: string) => Promise<RunRow>
  /** Drops what of a run was not sent yet, unpaid; the rest goes on. Throws E_RUN_STATE. */
  readonly cancelUnsent: (runId: string, signal: AbortSignal) => Promise<DroppedUnsent>
  /** Cancels one batch of a run at the provider; what it has not answered follows the retry rules. Throws E_RUN_STATE. */
  readonly cancelBatch: (runId: string, batchN: number) => Promise<RemoteBatch>
}

/** Steering that loads what it needs when first used. */
export function steering(workspace: Workspace): Steering {
  const of = (runId: string): ReturnType<typeof runIn> => runIn(workspace, runId)
  return {
    resume: async (runId, capMicroUsd, how) =>
      (await import('../../engine/control/control.ts')).resumeRun(...(await of(runId)), capMicroUsd, how),
    takeToday: async (runId) =>
      (await import('../../engine/job/job-change.ts')).adoptToday(...(await of(runId))),
    accept: async (runId) =>
      (await import('../../engine/control/control.ts')).acceptMissing(...(await of(runId))),
    lookForLost: async (runId) =>
      (await import('../../engine/advance/look-again.ts')).lookForLost(...(await of(runId))),
    runsToLookIn: async (runId) =>
      (await import('../../engine/advance/look-again.ts')).runsToLookIn(...(await of(runId))),
    pause: async (runId) => (await import('../../engine/step/pause.ts')).pauseByHand(...(await of(runId))),
    cancel: async (runId) =>
      (await import('../../engine/control/control.ts')).cancelRun(...(await of(runId))),
    async cancelUnsent(runId, signal) {
      await (await import('./driving.ts')).releaseLeasesOfGone(workspace)
      return (await import('../../engine/control/drop-unsent.ts')).dropUnsent(...(await of(runId)), signal)
    },
    cancelBatch: async (runId, batchN) =>
      (await import('../../engine/submission/cancel-batch.ts')).cancelBatch(...(await of(runId)), batchN),
  }
}
