import { parseCustomId } from '../../domain/request.ts'
import {
  type Candidate,
  hiddenFrom,
  type CreateDecision,
  decideUnconfirmed,
  type Listed,
} from '../../planning/waiting/unconfirmed-create.ts'
import type { Provider } from '../../ports/provider/provider.ts'
import type { RemoteBatch } from '../../ports/provider/batch-service.ts'
import type { Reply } from '../../ports/provider/reply.ts'
import { withCrashPoints } from '../crash-points.ts'
import type { Cause } from '../../planning/waiting/wait.ts'
import { type After, end, proceed, retryAt, type Step } from '../step/step.ts'
import { causeOf, isAcceptedSince, waitFor, waitForMs, waitIsOver } from '../step/wait.ts'
import { inputHash } from '../files/intent-files.ts'
import { answersOnDisk } from '../files/durable-file.ts'
import { belongsToAnother, otherAccount } from '../step/account.ts'
import { untilLastAnswer } from './last-answer.ts'
import { newBatch } from './new-batch.ts'
import { recordCreated } from './record-created.ts'
import { cancelTwins, duplicateCost } from './orphaned-batch.ts'

/** Why a create is unconfirmed of which the state knows no more than that it was begun. */
export const diedCreating = 'the process ended while the batch was being created'

/** Batches that were made a little before are in the list too: by them it is seen whether the list can be believed. */
const canaryMs = 3_600_000
const canaries = 3

/**
 * The step that finds out whether a create that nobody answered was done. The decision is `decideUnconfirmed`; what the
 * attempt reserved stays reserved until it is known.
 */
export async function resolveUnconfirmed(asked: Step): Promise<After> {
  const step = await withItsAccount(asked)
  const { flow, lease, attempt, job } = step
  const { store, timings, reach } = flow
  if (attempt.state === 'creating') {
    await withCrashPoints(reach, 'doubt.mark.commit', () =>
      store.move(lease.claim, 'in_doubt', { reason: diedCreating }),
    )
  }
  const triedAt = attempt.triedAt ?? attempt.createdAt
  const known = (
    await store.knownBatches(job.provider.account, triedAt - canaryMs, canaries, showing(job.provider))
  ).filter((batch) => isListed(flow, batch))
  const since = Math.min(triedAt, ...known.map((batch) => batch.triedAt)) - marginMs
  const reply = await withCrashPoints(reach, 'doubt.list', () => job.provider.batches(since, lease.signal))
  const replaced = (await store.attempts(attempt.runId, ['fenced'])).filter(
    ({ batchN }) => batchN === attempt.batchN,
  ).length
  const decided = decideUnconfirmed(
    attempt,
    job.provider.recovery,
    await listedOf(
      step,
      reply,
      known.map(({ providerBatchId }) => providerBatchId),
    ),
    known.map(({ providerBatchId }) => providerBatchId),
    timings.settleMs,
  )
  const decision =
    replaced >= mostReplaced && decided.kind === 'replace'
      ? neverFound(replaced + 1, attempt.reason)
      : decided
  if ((decision.kind === 'ask' || decision.kind === 'wait') && attempt.acceptedAt !== null) {
    await store.move(lease.claim, 'lost', { ending: 'lost', reason: decision.words })
    return proceed
  }
  if (decision.kind !== 'adopt') {
    const fetches = await answersOnDisk(flow.filesDir, attempt)
    if (fetches !== null) {
      await withCrashPoints(reach, 'doubt.adopt.commit', () =>
        store.move(lease.claim, 'completed', { ending: 'completed', fetches }),
      )
      return proceed
    }
    const isAnothers = belongsToAnother(attempt, job.provider)
    if (isAnothers && attempt.waitsFor === 'account' && isAcceptedSince(attempt)) {
      await store.move(lease.claim, 'lost', { ending: 'lost', reason: 'sent with a key that is gone' })
      return proceed
    }
    if (isAnothers) return waitFor(step, otherAccount(step, 'no batch of this attempt in its list'))
  }
  const cause = reply.kind === 'accepted' ? null : causeOf(reply)
  return act(step, decision, reply.kind === 'accepted' ? reply.value : [], cause)
}

/** Where its own account is none of the job's any more, the one of them whose list shows its batch, if any does. */
async function withItsAccount(step: Step): Promise<Step> {
  const { attempt, job, lease } = step
  if (job.accounts.length === 1 || !belongsToAnother(attempt, job.provider)) return step
  const since = (attempt.triedAt ?? attempt.createdAt) - marginMs
  for (const provider of job.accounts) {
    const listed = await provider.batches(since, lease.signal)
    const isShown = ({ metadata, staged }: RemoteBatch): boolean =>
      metadata['offpeak_nonce'] === attempt.nonce || (staged !== null && staged === attempt.staged)
    if (listed.kind === 'accepted' && listed.value.some(isShown))
      return { ...step, job: { ...job, provider } }
  }
  return step
}

/** How often one file is sent anew by itself: where a network loses one create in twelve, all four of a file are lost once in twenty thousand files. */
const mostReplaced = 3

function neverFound(creates: number, reason: string | null): CreateDecision {
  return {
    kind: 'ask',
    words: `${creates} creates came to nothing that can be found: ${reason ?? 'no answer'}`,
  }
}

/** A list may be short of what was made within the second before. */
const marginMs = 60_000

async function act(
  step: Step,
  decision: CreateDecision,
  batches: readonly RemoteBatch[],
  cause: ReturnType<typeof causeOf>,
): Promise<After> {
  const { flow, lease, attempt, job } = step
  const { store, timings, reach, clock } = flow
  switch (decision.kind) {
    case 'adopt':
      return adopt(step, batches, decision)
    case 'ask':
      // A list that cannot be had for a while may yet show it.
      return waitFor(step, cause ?? { kind: 'list', words: decision.words })
    case 'wait':
      return waitFor(step, { kind: 'hidden', words: decision.words })
    case 'look-again':
      await store.saveAttempt(lease.claim, { lookups: attempt.lookups + 1 })
      return waitForMs(step, unconfirmed(attempt), decision.afterMs)
    case 'submit-again':
      return submitAgain(step)
    case 'fence': {
      const deleted = await withCrashPoints(reach, 'doubt.fence.delete', () =>
        job.provider.discard(attempt.staged ?? '', lease.signal),
      )
      const gone = deleted.kind === 'accepted' || (deleted.kind === 'refused' && deleted.cause === 'gone')
      if (!gone)
        return waitFor(step, { kind: 'list', words: `the input file cannot be deleted: ${deleted.message}` })
      await withCrashPoints(reach, 'doubt.fence.commit', () =>
        store.saveAttempt(lease.claim, { withdrawnAt: clock.now() }),
      )
      return waitForMs(step, unconfirmed(attempt), timings.listingLagMs)
    }
    case 'replace':
      await withCrashPoints(reach, 'doubt.replace.commit', () =>
        store.replaceAttempt(lease.claim, { nonce: flow.random.id(16), now: clock.now() }),
      )
      return end
  }
}

/** What an attempt waits for whose create nobody has answered, in the words of what became of the call. */
function unconfirmed({ reason }: Step['attempt']): Cause {
  return { kind: 'unconfirmed', words: reason ?? diedCreating }
}

/** Whether a batch was made so long ago that a list which does not show it proves nothing. */
export function isListed(
  { timings, clock }: Pick<Step['flow'], 'timings' | 'clock'>,
  { triedAt }: { readonly triedAt: number },
): boolean {
  return triedAt + timings.listingLagMs <= clock.now()
}

/**
 * Whether the provider's list shows what is known to be in it, so that what it does not show is not there. Asked before
 * anything is created while the batch of a replaced attempt may still come to light.
 */
export async function listIsBlind(
  flow: Step['flow'],
  provider: Provider,
  sinceMs: number,
): Promise<BlindList | null> {
  const known = await flow.store.knownBatches(provider.account, sinceMs, canaries, showing(provider))
  // Nothing was made since: what is made next is what the list has to show.
  if (known.length === 0) return null
  const reply = await provider.batches(Math.min(...known.map(({ triedAt }) => triedAt)) - marginMs)
  if (reply.kind !== 'accepted') return { words: reply.message, isYoung: false }
  const hidden = hiddenFrom(
    reply.value,
    known.map(({ providerBatchId }) => providerBatchId),
  )
  if (hidden === null) return null
  const young = known.some((batch) => batch.providerBatchId === hidden && !isListed(flow, batch))
  return { words: `the list of batches does not show ${hidden}`, isYoung: young }
}

/** Which batches a list has to show: where it forgets those whose results are discarded, only such as still go on. */
function showing({ limits }: Provider): 'live' | 'all' {
  return limits.listForgets === true ? 'live' : 'all'
}

export interface BlindList {
  readonly words: string
  /** What it does not show was made a moment ago, and may yet be shown. */
  readonly isYoung: boolean
}

/** What the list says of this attempt; where only a batch's own ids tell whose it is, it is looked into. */
async function listedOf(
  step: Step,
  reply: Reply<readonly RemoteBatch[]>,
  known: readonly string[],
): Promise<Listed> {
  if (reply.kind !== 'accepted') return { kind: 'refused', words: reply.message }
  const looksInto = step.job.provider.recovery.proof === 'possible'
  const mayBeOurs = looksInto ? await possiblyOurs(step, reply.value, known) : new Set<RemoteBatch>()
  const batches: Candidate[] = []
  for (const batch of reply.value) {
    const { id, metadata, staged, createdAtMs } = batch
    const nonce = metadata['offpeak_nonce'] ?? otherName(metadata)
    const ids = !looksInto
      ? {}
      : { ids: mayBeOurs.has(batch) ? await idsIn(step, batch) : ('others' as const) }
    batches.push({ id, nonce, staged, createdAtMs, ...ids })
  }
  return { kind: 'shown', batches }
}

/** What a batch is known by that carries a name, but none of ours; null: the service tells nothing by which it is known. */
function otherName(metadata: RemoteBatch['metadata']): string | null {
  return Object.keys(metadata).length === 0 ? null : ''
}

/** Batches of as many requests, made since the try, that no other attempt has. */
async function possiblyOurs(
  { flow, attempt }: Step,
  listed: readonly RemoteBatch[],
  known: readonly string[],
): Promise<ReadonlySet<RemoteBatch>> {
  const batch = await flow.store.batch(attempt.runId, attempt.batchN)
  const since = (attempt.triedAt ?? attempt.createdAt) - marginMs
  const likely = listed.filter(
    ({ id, counts, createdAtMs }) =>
      !known.includes(id) &&
      (createdAtMs === null || createdAtMs >= since) &&
      (counts === null || counts.total === 0 || counts.total === batch?.requests),
  )
  const taken = await flow.store.attemptsWith(
    'providerBatchId',
    likely.map(({ id }) => id),
  )
  const isTaken = new Set(taken.filter(({ id }) => id !== attempt.id).map((each) => each.providerBatchId))
  return new Set(likely.filter(({ id }) => !isTaken.has(id)))
}

async function idsIn(
  { flow, job, attempt, lease }: Step,
  batch: RemoteBatch,
): Promise<NonNullable<Candidate['ids']>> {
  const reply = await job.provider.idIn?.(batch, lease.signal)
  if (reply?.kind !== 'accepted' || reply.value === 'hidden') return 'hidden'
  const tag = attempt.idTag ?? (await flow.store.batch(attempt.runId, attempt.batchN))?.tag
  return parseCustomId(reply.value?.id ?? '')?.fileTag === tag ? 'ours' : 'others'
}

/** The service makes no second batch of a create that it knows by its key. */
async function submitAgain(step: Step): Promise<After> {
  const { flow, attempt, job } = step
  const batch = await flow.store.batch(attempt.runId, attempt.batchN)
  if (!batch) return end
  const hash = await inputHash(flow.filesDir, batch.tag)
  const { reply, isCutOff } = await untilLastAnswer(step, (signal) =>
    withCrashPoints(flow.reach, 'doubt.create.post', () =>
      job.provider.create(newBatch(step, batch, hash), signal),
    ),
  )
  if (reply.kind === 'accepted') return recordCreated(step, reply.value)
  if (isCutOff) return retryAt(flow.clock.now())
  return waitFor(step, causeOf(reply) ?? { kind: 'list', words: reply.message })
}

async function adopt(
  step: Step,
  batches: readonly RemoteBatch[],
  { id, duplicates }: Extract<CreateDecision, { kind: 'adopt' }>,
): Promise<After> {
  const { flow, attempt, job, run, spec } = step
  const now = flow.clock.now()
  const found = batches.find((batch) => batch.id === id)
  await withCrashPoints(flow.reach, 'doubt.adopt.commit', () =>
    flow.store.recordCreated(attempt.id, attempt.nonce, {
      providerBatchId: id,
      account: job.provider.account,
      expiresAt: found?.expiresAtMs ?? null,
      nextAt: null,
      epoch: step.lease.claim.epoch,
    }),
  )
  await flow.store.addEvent(run.id, now, 'adopted', { batch: id, attempt: attempt.id })
  for (const other of batches.filter((batch) => duplicates.includes(batch.id))) {
    const cancelled = await job.provider.cancel(other.id)
    await flow.store.recordDuplicate(
      attempt.id,
      run.id,
      run.job,
      duplicateCost(other, cancelled, spec.price, attempt.reservedMicroUsd),
      now,
      `batch ${other.id} was made for the same file as ${id} and cancelled`,
    )
    await flow.store.addEvent(run.id, now, 'duplicate', { batch: other.id })
  }
  if (found) await cancelTwins(flow, job.provider, run, { attempt, batch: found }, batches)
  await waitIsOver(step)
  return proceed
}
