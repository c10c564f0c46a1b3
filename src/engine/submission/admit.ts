import { formatLeft, formatMost, formatUsd } from '../../wording/amount.ts'
import { neverEnqueuedReason } from '../../planning/requests/split.ts'
import type { BatchRow } from '../../ports/state.ts'
import type { Shortage } from '../../ports/store/ledger.ts'
import { type After, end, proceed, retryAt, type Step } from '../step/step.ts'
import { withCrashPoints } from '../crash-points.ts'
import { leaveToRealTime } from './deadline.ts'
import { isPastDeadline } from '../job/delivery-mode.ts'
import { pauseRun } from '../step/pause.ts'
import { budgetsNow } from '../job/day-budget.ts'
import { dayKey } from '../spec.ts'
import { noteSimulated } from '../step/who-answers.ts'
import { sweepAhead } from './sweep.ts'
import { takeOver } from './take-over.ts'
import type { Flow } from '../flow.ts'
import { countFile } from '../build/count-exact-tokens.ts'
import { fencedUntil, heldByReplaced, releaseProven } from './fenced.ts'
import { type Place, placesFor, placesOf } from '../step/places.ts'

/** How long an attempt waits that nothing wakes: it is also woken when tokens or money come free. */
const waitMs = 5_000
const soonMs = 500
/** A file of so many bytes is counted in about a second. */
const countedBytes = 4 * 1024 * 1024

/**
 * The step that reserves money and enqueued tokens for an attempt; else it waits, or the run pauses and says how much
 * is short.
 */
export async function admit(step: Step): Promise<After> {
  const { flow, lease, run, attempt, spec, job } = step
  const earlier = await takeOver(step)
  if (earlier) return earlier
  const now = flow.clock.now()
  if (run.state === 'cancelling') {
    await withCrashPoints(flow.reach, 'cancel.void.commit', () =>
      flow.store.voidAttempt(lease.claim, {
        reason: 'cancelled before it was sent',
        now,
        again: null,
        outcome: { outcome: 'cancelled', reason: 'cancelled before it was sent' },
      }),
    )
    return end
  }
  if (run.state === 'paused' || run.hold === 1) return retryAt(now + 60 * waitMs)
  if (spec.deliveryMode === 'batch') {
    if (isPastDeadline(run, spec, now)) return leaveToRealTime(step)
    if (await sweepAhead(flow, job.accounts, run)) return proceed
    // The first words of a service tell what it is, before money is set aside for it.
    if (await noteSimulated(flow, run, job.provider)) return proceed
    if (await bringsNothing(step)) return retryAt(now + waitMs)
  }
  if (await firstIsUnwritten(step)) return retryAt(now + soonMs)
  const places = await placesOf(flow, spec, job)
  const opensAt = Math.min(...places.map(({ notBefore }) => notBefore))
  if (opensAt > now) return retryAt(opensAt)
  const batch = await flow.store.batch(attempt.runId, attempt.batchN)
  if (!batch) return end
  // The bound by bytes would fill a quota with tokens that are not there, and others would wait for them.
  // And a small file is counted in a moment, so that no more is held than the plan has said.
  const isCounted = places.some(({ limitTokens }) => limitTokens !== null) || batch.bytes <= countedBytes
  const short = batch.exact === 0 && isCounted ? null : await reserveBest(step, batch, places)
  if (short === 'reserved') return proceed
  if (short !== null && short !== 'held back' && short.short === 'consent') return leaveUnsent(step)
  if (short === null || batch.exact === 0) {
    const exact = await countFile(step, batch)
    await flow.store.tighten(lease.claim, batch, exact.maxTokens, exact.maxCostMicroUsd)
    return proceed
  }
  if (short === 'held back')
    return retryAt(
      Math.min(now + waitMs, ...places.flatMap(({ notBefore }) => (notBefore > now ? notBefore : []))),
    )
  return (await releaseProven(flow, job.accounts, run)) ? proceed : wait(step, batch, short)
}

/** What nobody has agreed to pay for ends here, unpaid, and can be sent by a retry. */
async function leaveUnsent({ flow, lease }: Step): Promise<After> {
  const reason = 'not sent: this run may send nothing that nobody has agreed to'
  await withCrashPoints(flow.reach, 'cancel.void.commit', () =>
    flow.store.voidAttempt(lease.claim, {
      reason,
      now: flow.clock.now(),
      again: null,
      outcome: { outcome: 'cancelled', reason },
    }),
  )
  return end
}

/** While a batch of the run has brought nothing that can be read, or nothing at all, no more of the kind is bought. */
async function bringsNothing({ flow, run }: Step): Promise<boolean> {
  const { unreadable = 0, answers = 0 } = await flow.store.waitingAttempts(run.id)
  return unreadable + answers > 0
}

/** Runs of which answers were written, so that this need not be looked up for every file. */
const written = new WeakMap<Flow, Set<string>>()

/**
 * Until answers of a run were written, no more is bought while some lie here: the sink may take none of them, which
 * stops the run.
 */
async function firstIsUnwritten({ flow, run }: Step): Promise<boolean> {
  const known = written.get(flow) ?? new Set()
  written.set(flow, known)
  if (known.has(run.id)) return false
  const { store } = flow
  if ((await store.attempts(run.id, ['completed', 'collected'])).length === 0) return false
  const merged = await store.requests(run.id, { outcomes: ['merged', 'held'], limit: 1 })
  if (merged.length > 0) known.add(run.id)
  return merged.length === 0
}

/** How the names of all uploads of a state begin. */
export function uploadPrefix(projectId: string): string {
  return `offpeak-${plain(projectId)}-`
}

function plain(name: string): string {
  return name.replaceAll(/[^\w.-]/g, '-')
}

/** One after the other in a process, so that files which are let in together do not all choose the same account. */
const choosing = new WeakMap<Flow, Promise<unknown>>()

async function reserveBest(
  step: Step,
  batch: BatchRow,
  places: readonly Place[],
): ReturnType<typeof reserveAt> {
  const { flow, spec, job } = step
  if (places.length === 1) return reserveAt(step, batch, places)
  const before = choosing.get(flow)
  const mine = (async () => {
    await before?.catch(() => null)
    return reserveAt(step, batch, before === undefined ? places : await placesOf(flow, spec, job))
  })()
  choosing.set(flow, mine)
  return mine
}

/**
 * Reserves with the account that has the most room; another process may have taken that meanwhile, then with the next.
 * Held back: those that have room take nothing for a while.
 */
async function reserveAt(
  step: Step,
  batch: BatchRow,
  places: readonly Place[],
): Promise<'reserved' | 'held back' | Shortage> {
  const found = placesFor(places, batch.maxTokens, step.flow.clock.now())
  if ('short' in found) return found
  let short: Shortage | null = null
  for (const place of found) {
    const result = await tryReserve(step, batch, place)
    if (result === 'reserved' || result.short === 'money' || result.short === 'consent') return result
    short = result
  }
  return short ?? 'held back'
}

async function tryReserve(
  { flow, lease, run, spec, attempt }: Step,
  batch: BatchRow,
  { provider, quotaKey }: Place,
): Promise<'reserved' | Shortage> {
  const now = flow.clock.now()
  const budgets = await budgetsNow(flow, run, spec, now)
  return withCrashPoints(flow.reach, 'admit.reserve.commit', () =>
    flow.store.reserve(lease.claim, {
      budgets,
      amountMicroUsd: batch.maxCostMicroUsd,
      quotaKey,
      // Only a batch is enqueued.
      tokens: batch.deliveryMode === 'batch' ? batch.maxTokens : 0,
      account: batch.deliveryMode === 'batch' ? provider.account : null,
      maxBatches: provider.limits.maxBatches ?? null,
      job: run.job,
      now,
      // The name carries what is needed to find the upload again, and nothing of the data.
      filename: `${uploadPrefix(flow.store.projectId)}${plain(`${run.id}-${batch.n}-a${attempt.n}-${attempt.nonce}`)}.jsonl`,
    }),
  )
}

/** Waits for what others give back, who wake it then; nothing of it is news. */
async function waitUntil(
  step: Step,
  waitsFor: 'budget' | 'tokens' | 'batches',
  words: string,
  at: number,
): Promise<After> {
  const { flow, lease, attempt } = step
  const isSame = attempt.waitsFor === waitsFor
  await flow.store.saveAttempt(lease.claim, {
    waitsFor,
    waitingSince: isSame ? attempt.waitingSince : flow.clock.now(),
    waitTries: isSame ? attempt.waitTries + 1 : 1,
    waitWords: words,
  })
  return retryAt(at)
}

async function wait(step: Step, batch: BatchRow, short: Shortage): Promise<After> {
  const { flow, run, lease, spec } = step
  const now = flow.clock.now()
  const attempts = await flow.store.attempts(run.id)
  const again = Math.max(now + soonMs, Math.min(now + waitMs, fencedUntil(flow, attempts) ?? Infinity))
  if (short.short === 'batches')
    return waitUntil(step, 'batches', `${short.used} of ${short.limit} batches at work`, again)
  const wanted = short.short === 'money' ? batch.maxCostMicroUsd : batch.maxTokens
  if (short.short === 'tokens') {
    if (wanted <= short.limit) {
      return waitUntil(step, 'tokens', `${short.used} of ${short.limit} enqueued tokens in use`, again)
    }
    // Larger than the whole quota: the same requests go into smaller files, unless it is one that is alone already.
    await withCrashPoints(flow.reach, 'quota.void.commit', () =>
      flow.store.voidAttempt(lease.claim, {
        reason: 'larger than the whole quota of enqueued tokens',
        now,
        again: null,
        outcome:
          batch.requests === 1
            ? { outcome: 'oversize', reason: neverEnqueuedReason(wanted, short.limit) }
            : {
                outcome: 'transient',
                reason: `the file is larger than the quota of ${short.limit} enqueued tokens`,
              },
      }),
    )
    return end
  }
  const budget = await flow.store.budget(short.key)
  // Others may have given back since what was short a moment ago.
  if (budget && budget.reservedMicroUsd + budget.spentMicroUsd + wanted <= (budget.capMicroUsd ?? Infinity))
    return retryAt(now)
  const held = heldByReplaced(attempts, short.key)
  const holds =
    held.files === 0
      ? ''
      : `, ${formatMost(held.microUsd)} of it by ${held.files === 1 ? 'a file' : `${held.files} files`} whose first create nobody has answered`
  // What is reserved may turn out cheaper; as long as something is, waiting can help. What nothing but the end of the run
  // would give back is for a person.
  if (budget && (budget.reservedMicroUsd > held.microUsd || fencedUntil(flow, attempts) !== null)) {
    return waitUntil(
      step,
      'budget',
      `${formatUsd(short.used)} of ${formatUsd(short.limit)} in use${holds}`,
      again,
    )
  }
  const more = short.used + wanted - short.limit
  // What the job may cost a day, and what whoever started it may spend, is raised by no agreement about the run.
  const isOfDay = short.key === dayKey(run.job, now)
  const isOfRun = short.key === `run:${run.id}` || short.key === spec.shared?.key
  const of = isOfRun ? '' : isOfDay ? ' that the job may cost a day (UTC)' : ' of who started it'
  await pauseRun(flow, run, {
    kind: 'budget',
    reason: `budget: the next file can cost ${formatMost(wanted)}, ${formatLeft(Math.max(0, short.limit - short.used))} of ${formatUsd(short.limit)}${of} ${isOfRun ? 'is' : 'was'} left${holds === '' ? '' : `; in use${holds.slice(1)}`}; ${formatMost(more)} more is needed`,
    ...(isOfRun ? { shortMicroUsd: more } : {}),
  })
  return retryAt(now + 60 * waitMs)
}
