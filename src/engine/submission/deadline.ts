import { withCrashPoints } from '../crash-points.ts'
import { type After, end, type Step } from '../step/step.ts'

/** The end of an attempt whose batch was not made before the deadline: its requests are asked in real time. */
export async function leaveToRealTime({ flow, lease, attempt, job }: Step): Promise<After> {
  if (attempt.staged !== null) await job.provider.discard(attempt.staged, lease.signal)
  const reason = 'not sent before the deadline'
  await withCrashPoints(flow.reach, 'quota.void.commit', () =>
    flow.store.voidAttempt(lease.claim, {
      reason,
      now: flow.clock.now(),
      again: null,
      outcome: { outcome: 'transient', reason },
    }),
  )
  return end
}
