import type { AttemptState } from '../../domain/attempt.ts'
import { errorCodes, OffpeakError } from '../../domain/errors.ts'
import type { DeliveryMode } from '../../domain/delivery-mode.ts'
import { noWait } from '../../domain/wait.ts'
import type { WorkItem } from '../../ports/store/runs.ts'
import { advanceRun } from './advance-run.ts'
import { admit } from '../submission/admit.ts'
import { ask } from '../realtime/ask.ts'
import { collect } from '../merge/collect.ts'
import { create } from '../submission/create.ts'
import { resolveUnconfirmed } from '../submission/resolve-unconfirmed.ts'
import type { Flow } from '../flow.ts'
import { needsSameWrite, writeChanged } from '../job/job-change.ts'
import { inDeliveryMode } from '../job/delivery-mode.ts'
import { type Lease, withLease } from '../lease.ts'
import { merge } from '../merge/merge.ts'
import { pauseRun } from '../step/pause.ts'
import { endDeadTrial } from '../trial/trial.ts'
import { poll } from '../submission/poll.ts'
import { prepareRun, type PreparedJob } from '../job/prepare.ts'
import { specOf } from '../spec.ts'
import type { After, Step } from '../step/step.ts'
import { attemptWaitsFor, runWaitsFor, waitFor, waitIsOver } from '../step/wait.ts'
import { jobFor } from '../step/account.ts'
import { noteSimulated, requireOneKind, requireSameHost } from '../step/who-answers.ts'
import { track } from '../merge/track.ts'
import { upload } from '../submission/upload.ts'
import { asDiskFailure, diskFault } from '../../domain/disk-fault.ts'
import { inSpan } from '../tracing.ts'

/**
 * The step of one unit of work, as far as it goes now: idempotent, fenced, and safe to call at any time from anywhere.
 * Returns when to call again (null: never), or `busy` when somebody else holds the unit.
 */
export async function advance(
  flow: Flow,
  unit: WorkItem,
  signal: AbortSignal,
): Promise<'busy' | number | null> {
  try {
    const done = await withLease(flow, unit, signal, async (lease) => {
      try {
        const attributes = { 'offpeak.unit.kind': unit.kind, 'offpeak.unit.id': unit.id }
        return await inSpan('advance', { attributes }, async () =>
          unit.kind === 'run' ? advanceRun(flow, lease, unit.id) : advanceAttempt(flow, lease, unit.id),
        )
      } catch (thrown) {
        const failure = asDiskFailure(thrown)
        if (failure !== null) return waitForDisk(flow, lease, unit, failure)
        // What its owner can mend stops this run for a person, and no other.
        if (!(thrown instanceof OffpeakError) || errorCodes[thrown.code].who !== 'user') throw thrown
        if (thrown.code === 'E_PEER_MISSING') {
          const left = await leaveToOthers(flow, lease, unit, lacking(flow, thrown))
          if (left !== null) return left
        }
        return waitForOwner(flow, lease, unit, lacking(flow, thrown))
      }
    })
    return done === null ? 'busy' : done.nextAt
  } catch (thrown) {
    if (thrown instanceof OffpeakError && thrown.code === 'E_FENCED') return 'busy'
    throw thrown
  }
}

/**
 * Asks the owner of a job to mend it, or its key. A run that is cancelled is not paused: what keeps it from its end is
 * in its wait, and tried again more and more rarely. Returns when to look again.
 */
async function waitForOwner(
  flow: Flow,
  lease: Lease,
  unit: WorkItem,
  { code, message, where, fix }: OffpeakError,
): Promise<number | null> {
  const isKey = code === 'E_CREDENTIALS'
  const words = [message, where !== null && message.includes(where) ? null : where, fix]
    .filter(Boolean)
    .join('; ')
  const attempt = unit.kind === 'attempt' ? await flow.store.attempt(unit.id) : null
  const id = unit.kind === 'run' ? unit.id : attempt?.runId
  const run = id === undefined ? null : await flow.store.run(id)
  if (run === null) return null
  await pauseRun(flow, run, { kind: isKey ? 'credentials' : 'job', reason: words })
  const cause = { kind: isKey ? 'credentials' : 'job', words } as const
  if (attempt !== null) return attemptWaitsFor(flow, lease, attempt, cause)
  return run.state === 'cancelling' ? runWaitsFor(flow, lease, run, cause) : null
}

/** A package that is missing, with the process that lacks it: another one of the fleet may have it. */
function lacking({ holder }: Flow, thrown: OffpeakError): OffpeakError {
  if (thrown.code !== 'E_PEER_MISSING') return thrown
  const [host = '', , pid = ''] = holder.split('/')
  return thrown.with({ where: `missing in process ${pid} on ${host}` })
}

/**
 * Leaves what needs a package that this process lacks to another one of the fleet, which may have it; a person is asked
 * when none has taken it up. Returns when to look again; null: there are no others.
 */
async function leaveToOthers(
  flow: Flow,
  lease: Lease,
  unit: WorkItem,
  { message, where, fix }: OffpeakError,
): Promise<number | null> {
  if (flow.others === null) return null
  const attempt = unit.kind === 'attempt' ? await flow.store.attempt(unit.id) : null
  const runId = unit.kind === 'run' ? unit.id : attempt?.runId
  const run = runId === undefined ? null : await flow.store.run(runId)
  if (run === null) return null
  flow.others.leave(run.id, flow.clock.now())
  const cause = { kind: 'package', words: [message, where, fix].filter(Boolean).join('; ') } as const
  return attempt === null
    ? runWaitsFor(flow, lease, run, cause)
    : attemptWaitsFor(flow, lease, attempt, cause)
}

/** Somebody has the package: what was waited for is over. */
async function packageIsHere({ flow, lease, run, attempt }: Step): Promise<void> {
  if ((await flow.store.attempt(attempt.id))?.waitsFor === 'package')
    await flow.store.saveAttempt(lease.claim, { ...noWait })
  await waitIsOver({ flow, run, attempt })
}

/**
 * Lets what needs a disk wait for it, and nothing else. Throws E_DISK where not even that can be written down, because
 * the disk is that of the state. Returns when to look again.
 */
async function waitForDisk(
  flow: Flow,
  lease: Lease,
  unit: WorkItem,
  failure: OffpeakError,
): Promise<number | null> {
  const { message, where, fix } = failure
  const words = [
    message,
    where === null || message.includes(where) ? null : where,
    // What to do about a full disk everybody knows.
    diskFault(failure) === null ? fix : null,
  ]
  const cause = { kind: 'disk', words: words.filter((part) => part !== null).join('; ') } as const
  if (unit.kind === 'attempt') {
    const attempt = await flow.store.attempt(unit.id)
    return attempt && attemptWaitsFor(flow, lease, attempt, cause)
  }
  const run = await flow.store.run(unit.id)
  return run && runWaitsFor(flow, lease, run, cause)
}

const steps: Partial<Record<AttemptState, (step: Step) => Promise<After>>> = {
  waiting: admit,
  reserved: (step) => (step.spec.deliveryMode === 'batch' ? upload(step) : ask(step)),
  asking: ask,
  uploading: upload,
  uploaded: create,
  creating: resolveUnconfirmed,
  in_doubt: resolveUnconfirmed,
  created: poll,
  validating: poll,
  in_progress: poll,
  finalizing: poll,
  cancelling: poll,
  completed: collect,
  failed: collect,
  expired: collect,
  cancelled: collect,
  lost: collect,
  collected: merge,
}

/**
 * When to look again at an attempt whose answers would be judged, or sent again, by another job than they were asked
 * by; null: nothing keeps it.
 */
async function standsForChange(step: Step, deliveryMode: DeliveryMode): Promise<number | null> {
  const { flow, lease, run, attempt } = step
  const batch = await flow.store.batch(attempt.runId, attempt.batchN)
  if (!needsSameWrite(run, attempt, batch, deliveryMode)) return null
  const changed = await writeChanged(flow, run)
  if (changed !== null) {
    const after = await waitFor(step, changed)
    return after.kind === 'at' ? after.at : flow.clock.now()
  }
  if (attempt.waitsFor !== 'changed') return null
  await flow.store.saveAttempt(lease.claim, { ...noWait })
  await waitIsOver(step)
  return flow.clock.now()
}

async function advanceAttempt(flow: Flow, lease: Lease, id: number): Promise<number | null> {
  let job: PreparedJob | null = null
  let deliveryMode: DeliveryMode | null = null
  while (!lease.signal.aborted) {
    const attempt = await flow.store.attempt(id)
    const run = attempt && (await flow.store.run(attempt.runId))
    if (!attempt || !run) return null
    if (run.trial === 1) return endDeadTrial(flow, lease, attempt)
    deliveryMode ??= (await flow.store.batch(attempt.runId, attempt.batchN))?.deliveryMode ?? 'batch'
    const spec = inDeliveryMode(specOf(run), deliveryMode)
    job ??= await prepareRun(flow, spec)
    await track({ flow, run, job, attempt })
    const step = steps[attempt.state]
    if (!step) return null
    lease.check()
    await requireSameHost(flow, run, attempt, job.accounts)
    requireOneKind(run.job, job.accounts)
    const ofAttempt = deliveryMode === 'batch' ? await jobFor(job, attempt, run, lease.signal) : job
    const at = { flow, lease, run, spec, job: ofAttempt, attempt }
    const stands = await standsForChange(at, deliveryMode)
    if (stands !== null) return stands
    const after = await step(at)
    if (attempt.waitsFor === 'package') await packageIsHere(at)
    await noteSimulated(flow, run, ofAttempt.provider)
    if (after.kind === 'at') return after.at
    if (after.kind === 'end') {
      const ended = await flow.store.attempt(id)
      if (ended) await track({ flow, run, job, attempt: ended })
      return null
    }
  }
  return flow.clock.now()
}
