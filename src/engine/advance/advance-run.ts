import type { AttemptState } from '../../domain/attempt.ts'
import { parseSums } from '../../domain/sums.ts'
import { waits, noWait } from '../../domain/wait.ts'
import type { AttemptRow, RunRow } from '../../ports/state.ts'
import { prepareRun, type PreparedJob } from '../job/prepare.ts'
import { buildWindow } from '../build/build.ts'
import { withCrashPoints } from '../crash-points.ts'
import { mayComeToLight, releaseFenced } from '../submission/fenced.ts'
import type { Flow } from '../flow.ts'
import { answerFolds } from '../merge/folds.ts'
import type { Lease } from '../lease.ts'
import { askChanged, writeChanged } from '../job/job-change.ts'
import { joinParts } from '../merge/join.ts'
import { removeLeftovers } from '../cleanup/leftovers.ts'
import { meanToday } from '../merge/mean-today.ts'
import { clean } from '../merge/merge.ts'
import { lookEveryMs, pauseRun, unpaused } from '../step/pause.ts'
import { buildRetryFile } from '../build/retry-file.ts'
import { ruleOf } from '../build/retry-rule.ts'
import { settleRescued } from '../job/settle-rescued.ts'
import { specOf } from '../spec.ts'
import type { Cause } from '../../planning/waiting/wait.ts'
import { type Blind, sweep } from '../submission/sweep.ts'
import { jobFor } from '../step/account.ts'
import { runWaitsFor } from '../step/wait.ts'
import { track, trackEnd } from '../merge/track.ts'
import { hasRoom } from '../files/durable-file.ts'

/** How long a run rests that waits for its attempts; each of them wakes it as it ends. */
const restMs = 15_000
const windowRestMs = 500

const over: readonly AttemptState[] = ['merged', 'void', 'fenced']

/**
 * The step of a run: it reads the source while there is room for files, sends again what may be, and ends the run when
 * all is done.
 */
export async function advanceRun(flow: Flow, lease: Lease, id: string): Promise<number | null> {
  const { store } = flow
  const run = await store.run(id)
  if (!run || run.liveKey === null) return null
  const nextAt = await advanceLive(flow, lease, run)
  if (run.state !== 'paused') await isOverForRun(flow, lease, run)
  return nextAt
}

const goneBy = {
  disk: 'the disk takes files again',
  package: 'a worker has taken it up that has the package',
} as const

/** What could not be written before is now, or what this process lacked another one had. */
async function isOverForRun({ store, clock }: Flow, lease: Lease, { id, waitsFor }: RunRow): Promise<void> {
  if (waitsFor !== 'disk' && waitsFor !== 'package') return
  const now = await store.run(id)
  if (now?.liveKey == null || now.waitsFor !== waitsFor) return
  const event = { at: clock.now(), kind: 'run.resumed', data: { because: goneBy[waitsFor] } }
  await store.saveRun(lease.claim, { ...noWait }, event)
}

async function advanceLive(flow: Flow, lease: Lease, loaded: RunRow): Promise<number | null> {
  const { store, clock, timings } = flow
  const { id } = loaded
  let run = loaded
  if (run.state === 'paused') return whilePaused(flow, run)
  // Whoever brings the answers builds it.
  if (run.state === 'building' && specOf(run).imported) return clock.now() + restMs
  if (run.state === 'building') {
    const changed = await askChanged(flow, run)
    if (changed !== null) return runWaitsFor(flow, lease, run, changed)
    const window = await buildWindow(flow, lease, run)
    return clock.now() + (window === 'full' ? windowRestMs : 0)
  }
  if (run.hold === 1 && run.state === 'running') {
    await pauseRun(flow, run, {
      kind: 'submit',
      reason: 'the files are built and wait to be submitted',
    })
    return null
  }
  const attempts = await store.attempts(id)
  const spec = specOf(run)
  const isOver = attempts.every(({ state }) => over.includes(state))
  if (!isOver && !spec.joins) return clock.now() + restMs
  const changed = await writeChanged(flow, run)
  if (changed !== null) return runWaitsFor(flow, lease, run, changed)
  const job = await prepareRun(flow, spec)
  if (isOver) await answerFolds(flow, lease, run, job)
  if (spec.joins) await joinParts(flow, lease, run, job)
  if (!isOver) return clock.now() + restMs
  let files = 0
  while (
    run.state === 'running' &&
    files < timings.filesAhead &&
    (await buildRetryFile(flow, lease, run, job))
  ) {
    files += 1
    run = (await store.run(id)) ?? run
  }
  if (files > 0) return clock.now()
  return finish(flow, lease, run, job, attempts)
}

/** A pause stops spending, never looking: what keeps a run from its end may go away by itself. */
async function whilePaused(flow: Flow, run: RunRow): Promise<number | null> {
  const { store, clock } = flow
  if (run.waitsFor === 'changed') return whileChanged(flow, run)
  if (run.waitsFor === 'disk') return whileDiskIsFull(flow, run)
  if (run.waitsFor !== 'list' || !(await store.attempts(run.id)).every(({ state }) => over.includes(state)))
    return null
  const { accounts } = await prepareRun(flow, specOf(run))
  const now = clock.now()
  if ((await sweep(flow, accounts, run, { isEnd: false })) !== null) return now + lookEveryMs
  await store.changeRun(
    run.id,
    ['paused'],
    { state: 'running', ...unpaused, nextAt: now },
    { at: now, kind: 'run.resumed', data: { because: 'the list of batches can be believed again' } },
  )
  return now
}

/** Goes on by itself where the job is again the one that the run began with. */
async function whileChanged(flow: Flow, run: RunRow): Promise<number> {
  const { store, clock } = flow
  const isAsking = run.sourceDone === 0
  const now = clock.now()
  if ((await writeChanged(flow, run)) !== null || (isAsking && (await askChanged(flow, run)) !== null))
    return now + waits.changed.maxMs
  await store.changeRun(
    run.id,
    ['paused'],
    { state: isAsking ? 'building' : 'running', ...unpaused, nextAt: now },
    { at: now, kind: 'run.resumed', data: { because: 'the job is again the one that the run began with' } },
  )
  await store.wakeAttempts(run.id, now)
  return now
}

/** A run goes on once the disk of its files has room again; where another one is full, it is told again. */
async function whileDiskIsFull({ store, clock, filesDir, random }: Flow, run: RunRow): Promise<number> {
  const now = clock.now()
  if (!(await hasRoom(filesDir, random))) return now + lookEveryMs
  await store.changeRun(
    run.id,
    ['paused'],
    { state: run.sourceDone === 1 ? 'running' : 'building', ...unpaused, nextAt: now },
    { at: now, kind: 'run.resumed', data: { because: 'the disk takes files again' } },
  )
  await store.wakeAttempts(run.id, now)
  return now
}

/** So often the list is asked for strays before a run ends without having seen it. */
const listTries = 3

/**
 * What the end of a run waits for whose provider's list proves nothing; null: it may end. A replaced attempt may yet be
 * found to have been paid, so that only a list which can be believed, or a person, lets go of it.
 */
function blindEnd(run: RunRow, attempts: readonly AttemptRow[], blind: Blind): Cause | null {
  const isOpen = attempts.some(({ state, acceptedAt }) => state === 'fenced' && acceptedAt === null)
  if (isOpen) return blind.cause ?? { kind: 'list', words: blind.words }
  return blind.isRefused && run.waitTries < listTries
    ? (blind.cause ?? { kind: 'list', words: blind.words })
    : null
}

async function finish(
  flow: Flow,
  lease: Lease,
  run: RunRow,
  job: PreparedJob,
  attempts: readonly AttemptRow[],
): Promise<number | null> {
  const { store, clock, reach } = flow
  const batches = await store.batches(run.id)
  if (batches.some(({ deliveryMode }) => deliveryMode === 'batch')) {
    const blind = await sweep(flow, job.accounts, run, { isEnd: true })
    const wait = blind && blindEnd(run, attempts, blind)
    if (wait) return runWaitsFor(flow, lease, run, wait)
    const words = await mayComeToLight(flow, run)
    if (words !== null) return runWaitsFor(flow, lease, run, { kind: 'unconfirmed', words })
  }
  // Nobody who opens the run again for something else has agreed to these.
  if (run.state === 'cancelling') await store.dropRetries(lease.claim, ruleOf(run, specOf(run)))
  const orphan = (await store.attempts(run.id)).some(({ state }) => !over.includes(state))
  if (orphan) return clock.now()
  await store.closeTwins(run.id)
  // Nothing follows any more that could bring more than what is there.
  await store.settleTries(lease.claim)
  const usageOf = new Map(batches.map(({ n, usage }) => [n, parseSums(usage)]))
  for (const attempt of attempts) {
    await track({ flow, run, job, attempt })
    // Whoever has it now lets go within its lease; a run must not end while anything is held.
    if (attempt.state === 'fenced' && !(await releaseFenced(flow, attempt))) return clock.now() + restMs
    if (attempt.remoteDeleted === 0) {
      const ofAttempt = await jobFor(job, attempt, run)
      await clean({ flow, attempt, job: ofAttempt }, usageOf.get(attempt.batchN) ?? {})
    }
  }
  await trackEnd({ flow, run, job })
  await meanToday(flow, run, job)
  await settleRescued(flow, run)
  await removeLeftovers(flow, run)
  const state = run.state === 'cancelling' ? 'cancelled' : 'done'
  // Before the end is durable, so that nothing is forgotten; a run of the job that lives is joined, not doubled.
  for (const refused of state === 'done' ? await flow.follow(run) : [])
    await store.addEvent(run.id, clock.now(), 'follow.refused', refused)
  const now = clock.now()
  await withCrashPoints(reach, 'finish.commit', () =>
    store.saveRun(
      lease.claim,
      { state, liveKey: null, finishedAt: now, nextAt: null, ...unpaused },
      { at: now, kind: `run.${state}`, data: {} },
    ),
  )
  return null
}
