import { setTimeout as sleep } from 'node:timers/promises'
import { isUnsent } from '../../domain/attempt.ts'
import { OffpeakError } from '../../domain/errors.ts'
import type { AttemptRow, RunRow } from '../../ports/state.ts'
import { advance } from '../advance/advance.ts'
import { withCrashPoints } from '../crash-points.ts'
import type { Flow } from '../flow.ts'
import { type Lease, withLease } from '../lease.ts'
import { retryRule } from '../build/retry-rule.ts'
import { specOf } from '../spec.ts'
import { pauseRun, unpaused } from '../step/pause.ts'

export interface DroppedUnsent {
  readonly batches: number
  /** Those in these batches. */
  readonly records: number
  /** Records that were to be sent again and were in no file yet; each keeps the outcome of its last try. */
  readonly retries: number
  /** The source had not been read to its end; what was left of it is not part of the run any more. */
  readonly sourceCut: boolean
}

const againMs = 250
/** So often somebody else's hold on the run or on a batch is waited for. */
const maxWaits = 60

/**
 * The end of the unsent part of a run, unpaid: what was never sent is `cancelled`, what was to be sent again is what it
 * was before, and the rest continues to its end. The run is paused meanwhile, so that nothing slips out; a process that
 * dies here leaves it paused. Throws E_RUN_STATE.
 */
export async function dropUnsent(flow: Flow, run: RunRow, signal: AbortSignal): Promise<DroppedUnsent> {
  const { store, clock } = flow
  await pauseRun(flow, run, { kind: 'asked', reason: 'what was not sent is being dropped' })
  const state = (await store.run(run.id))?.state
  if (state !== 'paused')
    throw new OffpeakError('E_RUN_STATE', `run ${run.id} is ${state}; nothing of it waits to be sent`)
  for (let waits = 0; ; waits++) {
    const dropped = await dropUnderLease(flow, run.id, signal)
    if (dropped !== null) {
      await store.addEvent(run.id, clock.now(), 'run.unsent', { ...dropped })
      await store.wakeAttempts(run.id, clock.now())
      return dropped
    }
    await waitFor(waits, `run ${run.id}`, signal)
  }
}

/** Null: somebody else holds the run, and may be building files of it. */
async function dropUnderLease(flow: Flow, runId: string, signal: AbortSignal): Promise<DroppedUnsent | null> {
  const { store, clock } = flow
  let dropped: DroppedUnsent | null = null
  await withLease(flow, { kind: 'run', id: runId }, signal, async (lease) => {
    const sourceCut = (await store.run(runId))?.sourceDone === 0
    const counts = await dropAll(flow, lease, runId)
    const retries = await dropRetries(flow, lease, runId)
    // Somebody may have cancelled the whole run meanwhile.
    await store.changeRun(runId, ['paused'], {
      state: 'running',
      hold: 0,
      sourceDone: 1,
      ...unpaused,
      nextAt: clock.now(),
    })
    dropped = { ...counts, retries, sourceCut }
    return clock.now()
  })
  return dropped
}

async function dropAll(
  flow: Flow,
  lease: Lease,
  runId: string,
): Promise<Pick<DroppedUnsent, 'batches' | 'records'>> {
  let [batches, records] = [0, 0]
  for (let waits = 0; ;) {
    const open = (await flow.store.attempts(runId)).filter(({ state }) => isUnsent(state))
    if (open.length === 0) return { batches, records }
    let left = 0
    for (const attempt of open) {
      lease.check()
      // Before its records go back to the batches where they were asked before.
      const inBatch = (await flow.store.batch(runId, attempt.batchN))?.records ?? 0
      if (await drop(flow, attempt)) {
        batches++
        records += inBatch
        continue
      }
      left++
      // With a file at the provider it takes that back by itself, as the run is paused, and waits again.
      await advance(flow, { kind: 'attempt', id: attempt.id }, lease.signal)
    }
    if (left > 0) await waitFor(waits++, 'a batch that is being sent', lease.signal)
  }
}

/** What waits for a file of retries is in none while the run is paused and held. */
async function dropRetries({ store }: Flow, { claim }: Lease, runId: string): Promise<number> {
  const run = await store.run(runId)
  const rule = run === null ? null : retryRule(run, specOf(run))
  return rule === null ? 0 : store.dropRetries(claim, rule)
}

/** False: somebody else is at it, or it is further on its way. */
async function drop(flow: Flow, attempt: AttemptRow): Promise<boolean> {
  const { store, clock, timings, holder, reach } = flow
  const claim = await store.claim(
    { kind: 'attempt', id: attempt.id },
    { holder, now: clock.now(), leaseMs: timings.leaseMs },
  )
  if (!claim) return false
  const held = await store.attempt(attempt.id)
  // Nobody is uploading under this claim; a file that arrived all the same costs nothing, and is removed by its name later.
  if (held === null || !['waiting', 'reserved', 'uploading'].includes(held.state)) {
    await store.release(claim, clock.now())
    return false
  }
  await withCrashPoints(reach, 'cancel.void.commit', () =>
    store.voidAttempt(claim, {
      reason: 'cancelled before it was sent',
      now: clock.now(),
      again: null,
      outcome: { outcome: 'cancelled', reason: 'cancelled before it was sent' },
    }),
  )
  return true
}

async function waitFor(waits: number, what: string, signal: AbortSignal): Promise<void> {
  if (waits >= maxWaits)
    throw new OffpeakError('E_RUN_STATE', `another process is at work on ${what}`, {
      fix: 'the run is paused; call the command again in a while',
    })
  await sleep(againMs, undefined, { signal })
}
