import { isUnsent } from '../../domain/attempt.ts'
import { type Intent, intentMattersMs } from '../../domain/intent.ts'
import type { Provider } from '../../ports/provider/provider.ts'
import type { RemoteBatch } from '../../ports/provider/batch-service.ts'
import type { AttemptRow, RunRow } from '../../ports/state.ts'
import { withCrashPoints } from '../crash-points.ts'
import type { Flow } from '../flow.ts'
import { hiddenFrom } from '../../planning/waiting/unconfirmed-create.ts'
import type { Cause } from '../../planning/waiting/wait.ts'
import { causeOf } from '../step/wait.ts'
import { isListed } from './resolve-unconfirmed.ts'
import { inputHashOf, intentOf, jobMark } from '../step/intents.ts'
import { specOf } from '../spec.ts'
import { adoptBatch, cancelOrphan, cancelTwins, duplicateCost } from './orphaned-batch.ts'

/** Batches that were made a little before are looked at too. */
const marginMs = 600_000
/**
 * A batch ends within a day, and what it has answered is fetched soon after by whoever still has its state: so long, in
 * milliseconds, batches of other projects are held to be what this one has sent before its state was lost.
 */
const othersMatterMs = 7 * 86_400_000
/** So many times the listing lag, what a look at the list has found is believed. */
const believedLags = 4

interface Looked {
  readonly at: number
  /** Null: it is over. */
  looking: Promise<boolean> | null
}
const looked = new WeakMap<Flow, Map<string, Looked>>()

/**
 * Before a process creates anything for a run, it looks, with every key, for batches of ours that the state does not
 * know, and again after a while: another copy of the project may be in use. Whether it has found some that were made by
 * a state which is gone, or by that copy: they are noted, to be taken over by the files they answer. They may be of a
 * run that this state does not know, and were made after all that it knows. Before the first file of a job is sent from
 * here, those that another project has made of the job are noted as well: it may be this one, before all of it was lost.
 */
export async function sweepAhead(flow: Flow, accounts: readonly Provider[], run: RunRow): Promise<boolean> {
  let foundEarlier = false
  for (const provider of accounts) {
    // A key that is refused is not asked again for each file that goes to another one.
    const isRefused =
      accounts.length > 1 && (refusedAt(flow).get(provider.account) ?? 0) > flow.clock.now() - refusedMs
    if (!isRefused) foundEarlier = (await sweepAccount(flow, provider, run)) || foundEarlier
  }
  return foundEarlier
}

const refusedMs = 60_000
const refusals = new WeakMap<Flow, Map<string, number>>()

function refusedAt(flow: Flow): Map<string, number> {
  const known = refusals.get(flow) ?? new Map<string, number>()
  refusals.set(flow, known)
  return known
}

async function sweepAccount(flow: Flow, provider: Provider, run: RunRow): Promise<boolean> {
  const known = looked.get(flow) ?? new Map<string, Looked>()
  looked.set(flow, known)
  const key = `${provider.account} ${run.id}`
  const now = flow.clock.now()
  const last = known.get(key)
  if (last !== undefined && now < last.at + believedLags * flow.timings.listingLagMs)
    return last.looking ?? false
  const look: Looked = { at: now, looking: null }
  known.set(key, look)
  look.looking = lookAhead(flow, provider, run, { isFirst: last === undefined }).then(
    ({ blind, foundEarlier }) => {
      if (blind !== null) known.delete(key)
      if (blind?.cause?.kind === 'credentials') refusedAt(flow).set(provider.account, flow.clock.now())
      return foundEarlier
    },
  )
  try {
    return await look.looking
  } catch (thrown) {
    known.delete(key)
    throw thrown
  } finally {
    look.looking = null
  }
}

async function lookAhead(
  flow: Flow,
  provider: Provider,
  run: RunRow,
  { isFirst }: { readonly isFirst: boolean },
): ReturnType<typeof search> {
  // What was there before the run began is known since the first look.
  if (!isFirst) return search(flow, provider, run, { isEnd: false, sinceMs: run.createdAt })
  const known = await flow.store.knownUntil(run, provider.account)
  const others = (await flow.store.hasSent(run.job, provider.account))
    ? run.createdAt
    : run.createdAt - othersMatterMs
  const sinceMs = Math.min(others, known ?? run.createdAt - intentMattersMs)
  return search(flow, provider, run, { isEnd: false, sinceMs })
}

/**
 * The comparison of each account's list since the run began with the state. A batch that proves to be ours by lineage
 * and nonce is given to its attempt when that still waits for it; one that a state which is gone has made is left to
 * the files of the run until that is at its end (`isEnd`); any other is a stray: cancelled and reported. One that is
 * not proven ours is never touched. What keeps the list from proving anything is returned: it was refused, or it does
 * not show a batch that is known to exist; null: it can be believed.
 */
export async function sweep(
  flow: Flow,
  accounts: readonly Provider[],
  run: RunRow,
  when: { readonly isEnd: boolean },
): Promise<Blind | null> {
  let first: Blind | null = null
  for (const provider of accounts) {
    const { blind } = await search(flow, provider, run, { ...when, sinceMs: run.createdAt })
    first ??= blind
  }
  return first
}

async function search(
  flow: Flow,
  provider: Provider,
  run: RunRow,
  { isEnd, sinceMs }: { readonly isEnd: boolean; readonly sinceMs: number },
): Promise<{ readonly blind: Blind | null; readonly foundEarlier: boolean }> {
  const { store } = flow
  const unknown = await store.unknownIntents(run.job)
  const times = unknown.flatMap(({ at }) => (at > 0 ? [at] : []))
  const since = Math.min(sinceMs, ...times) - marginMs
  const listed = await withCrashPoints(flow.reach, 'sweep.list', () => provider.batches(since))
  if (listed.kind !== 'accepted')
    return {
      blind: { isRefused: true, cause: causeOf(listed), words: listed.message },
      foundEarlier: false,
    }
  const attempts = await store.attempts(run.id)
  const known = new Set(attempts.map((attempt) => attempt.providerBatchId))
  const ownIds = await store.ownIds()
  const mayBeLost = !isEnd && !(await store.hasSent(run.job, provider.account))
  const earlier: Intent[] = []
  for (const batch of listed.value) {
    if (known.has(batch.id)) continue
    if (!ownIds.has(batch.metadata['offpeak'] ?? '')) {
      if (mayBeLost && isOfJob(batch, run)) earlier.push(...intentOf(batch, run, provider.account))
      continue
    }
    const nonce = batch.metadata['offpeak_nonce']
    const intent = unknown.find((other) => other.nonce === nonce)
    const isOfRun = batch.metadata['offpeak_run'] === run.id
    const attempt = attempts.find((other) => other.nonce === nonce)
    if (attempt && (await adoptBatch(flow, provider, attempt, batch))) {
      await cancelTwins(flow, provider, run, { attempt, batch }, listed.value)
      continue
    }
    const taker = attempt ?? attempts.find(({ id }) => id === intent?.takenBy) ?? null
    if (isOfRun) {
      // A state that goes forward knows the nonce of each create, and that it was sent: this one was restored.
      if (!isEnd && (!attempt || isUnsent(attempt.state))) {
        if (isNews(intent)) earlier.push(...intentOf(batch, run, provider.account))
        continue
      }
    } else {
      if (await isOfNoRun(flow, batch)) {
        if (isNews(intent)) earlier.push(...intentOf(batch, run, provider.account))
        if (isEnd) await reportTwin(flow, run, batch, { attempts, listed: listed.value })
      }
      // It may be that of a file which is not built yet, unless one of this run has taken its twin.
      if (!isEnd || taker === null) continue
      // What no note beside the state tells of may be that of another copy of the project: it is left to it.
      if (intent?.number === 0) {
        await store.closeIntents([intent.nonce])
        continue
      }
    }
    await cancelOrphan(flow, provider, batch, { run, attempt: taker })
    if (intent) await store.closeIntents([intent.nonce])
  }
  const foundEarlier = (await store.keepIntents(earlier)) > 0
  return { blind: blindness(flow, listed.value, provider, attempts), foundEarlier }
}

/** Whether nothing is known of a try, or not even of which job it was. */
function isNews(intent: Intent | undefined): boolean {
  return intent === undefined || intent.job === ''
}

/** Whether some project has made a batch of a job of this name. */
function isOfJob({ metadata }: RemoteBatch, { job }: RunRow): boolean {
  return metadata['offpeak'] !== undefined && metadata['offpeak_job'] === jobMark(job)
}

/** Whether a batch was made for a run that the state does not know. */
async function isOfNoRun({ store }: Flow, { metadata }: RemoteBatch): Promise<boolean> {
  const runId = metadata['offpeak_run']
  return runId !== undefined && (await store.run(runId)) === null
}

/** Reports what another copy of the project has paid for as well, when both sent it before they could see each other. */
async function reportTwin(
  { store, clock }: Flow,
  run: RunRow,
  batch: RemoteBatch,
  { attempts, listed }: { readonly attempts: readonly AttemptRow[]; readonly listed: readonly RemoteBatch[] },
): Promise<void> {
  const input = inputHashOf(batch)
  if (input === null) return
  const same = new Set(listed.flatMap((other) => (inputHashOf(other) === input ? [other.id] : [])))
  const attempt = attempts.find(({ providerBatchId }) => same.has(providerBatchId ?? ''))
  if (!attempt) return
  const costMicroUsd = duplicateCost(batch, null, specOf(run).price, attempt.reservedMicroUsd)
  if (costMicroUsd === 0) return
  const words = `batch ${batch.id} of another copy of the project asks the same`
  const now = clock.now()
  if (await store.recordDuplicate(attempt.id, run.id, run.job, costMicroUsd, now, words))
    await store.addEvent(run.id, now, 'duplicate', { batch: batch.id })
}

function blindness(
  flow: Flow,
  listed: readonly RemoteBatch[],
  provider: Provider,
  attempts: readonly AttemptRow[],
): Blind | null {
  const hidden = hiddenFrom(
    listed,
    attempts.flatMap(({ providerBatchId, account, remoteDeleted, state, triedAt }) =>
      providerBatchId !== null &&
      account === provider.account &&
      remoteDeleted === 0 &&
      // A process may have died just after it discarded the results, and the batch with them.
      !(provider.limits.listForgets === true && state === 'merged') &&
      isListed(flow, { triedAt: triedAt ?? 0 })
        ? [providerBatchId]
        : [],
    ),
  )
  return hidden === null
    ? null
    : {
        isRefused: false,
        cause: null,
        words: `the list of batches does not show ${hidden}, which is known to exist`,
      }
}

/** Why a provider's list proves nothing. */
export interface Blind {
  readonly isRefused: boolean
  readonly cause: Cause | null
  readonly words: string
}
