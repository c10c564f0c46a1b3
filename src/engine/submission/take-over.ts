import { endingIn, isUnsent, unsentStates } from '../../domain/attempt.ts'
import { type Intent, intentMattersMs } from '../../domain/intent.ts'
import { formatMost } from '../../wording/amount.ts'
import { chooseIntent, isOwn } from '../../planning/waiting/choose-intent.ts'
import type { Provider } from '../../ports/provider/provider.ts'
import type { RemoteBatch } from '../../ports/provider/batch-service.ts'
import type { BatchRow } from '../../ports/state.ts'
import { withCrashPoints } from '../crash-points.ts'
import type { Flow } from '../flow.ts'
import { filesAhead } from '../build/build.ts'
import { inputHash, linkAnswers } from '../files/intent-files.ts'
import { budgetsNow } from '../job/day-budget.ts'
import { quotaKeyOf } from '../job/quota-key.ts'
import { type After, proceed, retryAt, type Step } from '../step/step.ts'
import { waitFor, waitIsOver } from '../step/wait.ts'
import { sharesRequests } from './shared-requests.ts'
import { diedCreating } from './resolve-unconfirmed.ts'
import { releaseProven } from './fenced.ts'
import { intentOf, learnIntents } from '../step/intents.ts'

const sentEarlier = 'it was sent by a state that is gone, or by another copy of the project'

/** The provider's clock and ours may differ by so much. */
const marginMs = 3_600_000
const soonMs = 300

/**
 * Before a file is sent it is held against what was sent by a state that is gone: one restored to an earlier time, or
 * a new one where files are. A file of the same content goes on as that try, which the provider is asked about like
 * any create without an answer. While others are left that match no file and ask some of the same, or that a project
 * has sent which may be this one before all of it was lost, a person decides. Null: it may be sent.
 */
export async function takeOver(step: Step): Promise<After | null> {
  const { flow, attempt, run } = step
  await learnIntents(flow, attempt)
  const unknown = await flow.store.unknownIntents(run.job)
  if (unknown.length === 0) {
    if (attempt.waitsFor === 'earlier') await waitIsOver(step)
    return null
  }
  const ownIds = await flow.store.ownIds()
  const earlier = unknown.filter((intent) => intent.wasCounted !== true && isOwn(intent, ownIds))
  if (earlier.length > 0)
    await flow.store.tellEarlier(run.id, flow.clock.now(), {
      batches: earlier.length,
      requests: earlier.reduce((sum, { requests }) => sum + requests, 0),
    })
  const batch = await flow.store.batch(attempt.runId, attempt.batchN)
  if (!batch) return null
  const hash = await contentHash(flow, batch.tag)
  const choice = chooseIntent(unknown, { nonce: attempt.nonce, inputHash: hash, ownIds })
  if (choice.kind === 'take') return take(step, batch, choice.intent)
  // What is paused or cancelled sends nothing.
  if (choice.kind === 'none' || (run.state !== 'running' && run.state !== 'building')) return null
  if (await sharesRequests(flow, batch.tag, choice.unmatched)) return ask(step, choice.unmatched, ownIds)
  if (attempt.waitsFor === 'earlier') await waitIsOver(step)
  return null
}

async function take(step: Step, batch: BatchRow, intent: Intent): Promise<After> {
  const { flow, lease, attempt, run, spec } = step
  const { store, clock, reach, filesDir } = flow
  const isAsked = batch.deliveryMode !== 'batch'
  await linkAnswers(filesDir, `${intent.attemptId}-${intent.nonce}`, `${attempt.id}-${intent.nonce}`)
  const now = clock.now()
  const budgets = await budgetsNow(flow, run, spec, now)
  const taken = await withCrashPoints(reach, 'intent.take.commit', () =>
    store.takeIntent(lease.claim, {
      intent,
      to: isAsked ? 'reserved' : 'in_doubt',
      reservation: {
        budgets,
        // What was reserved then was counted more exactly than what is known of a file that was just built.
        amountMicroUsd:
          intent.maxCostMicroUsd > 0
            ? Math.min(intent.maxCostMicroUsd, batch.maxCostMicroUsd)
            : batch.maxCostMicroUsd,
        quotaKey: quotaKeyOf(spec, holderOf(step, intent)),
        tokens: isAsked ? 0 : batch.maxTokens,
        job: run.job,
      },
      reason: isAsked ? null : intent.wasCounted === true ? diedCreating : sentEarlier,
      now,
    }),
  )
  if (taken === 'short') {
    if (await releaseProven(flow, step.job.accounts, run)) return proceed
    return waitFor(step, {
      kind: 'budget',
      words: 'what was sent by a state that is gone counts once others have given back what they hold',
    })
  }
  if (taken === 'gone') return proceed
  if (attempt.staged !== null && attempt.staged !== intent.staged)
    await step.job.provider.discard(attempt.staged, lease.signal)
  if (intent.wasCounted !== true)
    await store.addEvent(run.id, now, 'intent.taken', { batch: attempt.batchN, requests: batch.requests })
  return proceed
}

/** The account that a try was sent with, if it is one of the job's. */
function holderOf({ job }: Pick<Step, 'job'>, { account }: Intent): Provider {
  return job.accounts.find((each) => each.account === account) ?? job.provider
}

const hashes = new WeakMap<Flow, Map<string, Promise<string>>>()

/** `inputHash`, read once: a file that has its name does not change. */
function contentHash(flow: Flow, tag: string): Promise<string> {
  const known = hashes.get(flow) ?? new Map<string, Promise<string>>()
  hashes.set(flow, known)
  const hash = known.get(tag) ?? inputHash(flow.filesDir, tag)
  known.set(tag, hash)
  hash.catch(() => known.delete(tag))
  return hash
}

/**
 * How long to wait for files that are built, or will be, and may yet turn out to be those of unknown intents; null:
 * none may. All of a run together look a few times in a second.
 */
async function matchPause(
  { flow, run, attempt }: Step,
  unmatched: readonly Intent[],
): Promise<number | null> {
  const others = await flow.store.attempts(run.id, unsentStates)
  const pauseMs = soonMs * Math.max(1, others.length)
  const isBuilding = run.sourceDone === 0 && (run.state === 'building' || run.hold === 1)
  const room = filesAhead(flow.timings, unmatched.length)
  if (isBuilding && (await flow.store.countWaitingFiles(run.id)) < room) return pauseMs
  const tagOf = new Map((await flow.store.batches(run.id)).map(({ n, tag }) => [n, tag]))
  const wanted = new Set(unmatched.flatMap(({ nonce, inputHash: hash }) => [nonce, hash]))
  for (const { id, nonce, batchN } of others) {
    const tag = tagOf.get(batchN)
    if (id === attempt.id || tag === undefined) continue
    if (wanted.has(nonce) || wanted.has(await contentHash(flow, tag))) return pauseMs
  }
  // Read after the attempts: one that is none of the unsent any more may have taken its intent.
  const open = new Set((await flow.store.unknownIntents(run.job)).map(({ nonce }) => nonce))
  return unmatched.some(({ nonce }) => !open.has(nonce)) ? soonMs : null
}

/** Unknown intents that an attempt of this state has after all, and has gone on with. */
async function goneOnWith({ store }: Flow, unmatched: readonly Intent[]): Promise<readonly string[]> {
  const attempts = await store.attemptsWith(
    'nonce',
    unmatched.map(({ nonce }) => nonce),
  )
  return attempts.filter(({ state }) => !isUnsent(state)).map(({ nonce }) => nonce)
}

/** What a provider shows of the accounts of a job. */
type Shown = readonly { readonly provider: Provider; readonly batch: RemoteBatch }[]

/** Batches that ended without anything that was paid are no reason to wait, nor are those whose answers were fetched. */
async function ask(step: Step, unmatched: readonly Intent[], ownIds: ReadonlySet<string>): Promise<After> {
  const { flow } = step
  const own = unmatched.filter((intent) => isOwn(intent, ownIds))
  const gone = await goneOnWith(flow, own)
  if (gone.length > 0) {
    await flow.store.closeIntents(gone)
    return proceed
  }
  const pauseMs = own.length === 0 ? null : await matchPause(step, own)
  if (pauseMs !== null) return retryAt(flow.clock.now() + pauseMs)
  const isUnread = unmatched.some((intent) => intent.job === '')
  const oldest = isUnread ? flow.clock.now() - intentMattersMs : Math.min(...unmatched.map(({ at }) => at))
  const shown = await shownSince(step, oldest - marginMs)
  if (isUnread && (await readFromList(step, shown, unmatched))) return proceed
  const settled: string[] = []
  for (const { provider, batch } of shown) {
    const nonce = batch.metadata['offpeak_nonce']
    const intent = unmatched.find((other) => other.nonce === nonce)
    if (!intent) continue
    const isSettled = isOwn(intent, ownIds) ? isUnpaid(batch) : await isFetched(provider, batch)
    if (isSettled) settled.push(intent.nonce)
  }
  if (settled.length > 0) {
    await flow.store.closeIntents(settled)
    return proceed
  }
  return waitFor(step, { kind: 'earlier', words: wordsOf(unmatched, ownIds), pauseNow: true })
}

async function shownSince({ job, lease }: Step, sinceMs: number): Promise<Shown> {
  const lists = await Promise.all(
    job.accounts.map(async (provider) => ({
      provider,
      reply: await provider.batches(sinceMs, lease.signal),
    })),
  )
  return lists.flatMap(({ provider, reply }) =>
    reply.kind === 'accepted' ? reply.value.map((batch) => ({ provider, batch })) : [],
  )
}

/** Whether nothing of an ended batch is there any more for anybody: who made it has read its answers and cleaned up. */
async function isFetched(provider: Provider, batch: RemoteBatch): Promise<boolean> {
  if (endingIn(batch.state) === null) return false
  if (batch.outputPart === null && batch.errorPart === null) return true
  if (batch.staged === null) return false
  const input = await provider.staged(batch.staged)
  return input.kind === 'refused' && input.cause === 'gone'
}

/** What a note does not tell that cannot be read, its batch does. */
async function readFromList(
  { flow, run }: Step,
  shown: Shown,
  unmatched: readonly Intent[],
): Promise<boolean> {
  const unread = new Set(unmatched.filter((intent) => intent.job === '').map(({ nonce }) => nonce))
  const found = shown
    .flatMap(({ provider, batch }) => intentOf(batch, run, provider.account))
    .filter(({ nonce }) => unread.has(nonce))
  await flow.store.keepIntents(found)
  return found.length > 0
}

function wordsOf(unmatched: readonly Intent[], ownIds: ReadonlySet<string>): string {
  const own = unmatched.filter((intent) => isOwn(intent, ownIds))
  const others = unmatched.filter((intent) => !isOwn(intent, ownIds))
  const words = [
    ...(own.length === 0 ? [] : [ownWords(own)]),
    ...(others.length === 0 ? [] : [othersWords(others)]),
  ]
  return `${words.join('; ')}; what is sent now may be paid a second time`
}

function ownWords(unmatched: readonly Intent[]): string {
  const read = unmatched.filter(({ job }) => job !== '')
  const costMicroUsd = read.reduce((sum, intent) => sum + intent.maxCostMicroUsd, 0)
  const unread = unmatched.length - read.length
  const sent = [
    ...(read.length === 0
      ? []
      : [`${filesWords(read)}${costMicroUsd > 0 ? ` (at most ${formatMost(costMicroUsd)})` : ''}`]),
    ...(unread === 0 ? [] : [`${counted(unread, 'file')} whose note cannot be read`]),
  ].join(' and ')
  return `${sent} ${unmatched.length === 1 ? 'was' : 'were'} sent by a state that is gone, or by another copy of this project, and ${unmatched.length === 1 ? 'matches' : 'match'} no file of this run`
}

function othersWords(others: readonly Intent[]): string {
  const projects = [...new Set(others.map(({ projectId }) => projectId))]
  const [first = ''] = projects
  const name = projects.length === 1 ? `project ${first}` : `the projects ${projects.join(' and ')}`
  return `${filesWords(others)} ${others.length === 1 ? 'was' : 'were'} sent with this key by ${name}, which this one knows nothing of: ${projects.length === 1 ? 'it is' : 'they are'} a colleague's, or this one before its \`.offpeak\` was lost, and then \`offpeak batches --adopt-project ${first}\` has it continue with what was sent`
}

function filesWords(intents: readonly Intent[]): string {
  const requests = intents.reduce((sum, intent) => sum + intent.requests, 0)
  return `${counted(intents.length, 'file')} of this job${requests > 0 ? ` with ${counted(requests, 'request')}` : ''}`
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`
}

function isUnpaid({ state, counts, usage }: RemoteBatch): boolean {
  return state === 'failed' && (counts?.completed ?? 0) === 0 && usage === null
}
