import { setTimeout as sleep } from 'node:timers/promises'
import type { AttemptRow, RequestRow, RunRow } from '../../ports/state.ts'
import { withCrashPoints } from '../crash-points.ts'
import type { Flow } from '../flow.ts'
import { withLease } from '../lease.ts'
import { specOf } from '../spec.ts'

/** Records that a rescue does not ask any more, as the run that it rescues has their answers now. */
export interface DroppedAnswered {
  /** The run that rescues. */
  readonly run: string
  readonly records: number
  /** Batches with such records that somebody else was sending, or that ask something again: these go on. */
  readonly batchesLeft: number
}

const againMs = 250
/** So often somebody else's hold on the run is waited for. */
const maxWaits = 40
const pageSize = 1_000
const markedAtOnce = 2_000

/**
 * The removal of records from a rescue that has not sent them and whose first run has answered them meanwhile; the
 * other records of its files go into new ones. Null: no run does. Pays nothing. May be repeated at any time.
 */
export async function dropAnswered(flow: Flow, run: RunRow): Promise<DroppedAnswered | null> {
  const { store, clock } = flow
  const [live] = await store.runs({ job: run.job, live: true, limit: 1 })
  if (live === undefined || specOf(live).rescue?.run !== run.id) return null
  const { signal } = new AbortController()
  for (let waits = 0; waits < maxWaits; waits++) {
    const done: DroppedAnswered[] = []
    await withLease(flow, { kind: 'run', id: live.id }, signal, async () => {
      done.push(await dropUnderLease(flow, live, run))
      return clock.now()
    })
    const [dropped] = done
    if (dropped === undefined) {
      await sleep(againMs)
      continue
    }
    if (dropped.records > 0)
      await store.addEvent(live.id, clock.now(), 'run.answered', { ...dropped, by: run.id })
    return dropped
  }
  return { run: live.id, records: 0, batchesLeft: 0 }
}

async function dropUnderLease(flow: Flow, live: RunRow, answered: RunRow): Promise<DroppedAnswered> {
  const { store } = flow
  let batchesLeft = 0
  // Who dies in between leaves records `cancelled`: unpaid, and sent by a retry.
  for (const attempt of await store.attempts(live.id, ['waiting', 'reserved'])) {
    const requests = await requestsIn(flow, live, attempt.batchN)
    const isDone = await answeredBy(flow, answered, requests)
    const unanswered = requests.filter((request) => !isDone(request))
    if (unanswered.length === requests.length) continue
    const round = (await store.batch(live.id, attempt.batchN))?.round ?? 0
    if (round > 0 || !(await endUnsent(flow, attempt, answered))) {
      batchesLeft++
      continue
    }
    const firsts = new Set(unanswered.map(({ seq, deduplicatedInto }) => deduplicatedInto ?? seq))
    const keys = requests.filter(({ seq }) => firsts.has(seq)).map(({ key }) => key)
    if (keys.length > 0) await store.markAgain(live.id, { keys, outcomes: ['cancelled'] }, null)
  }
  let records = 0
  for (;;) {
    const marked = await store.markRescued(live.id, ['cancelled'], markedAtOnce, answered.id)
    records += marked
    if (marked < markedAtOnce) return { run: live.id, records, batchesLeft }
  }
}

async function requestsIn({ store }: Flow, { id }: RunRow, batchN: number): Promise<readonly RequestRow[]> {
  const found: RequestRow[] = []
  for (let afterSeq = -1; ;) {
    const page = await store.requests(id, { batchN, outcomes: ['pending'], afterSeq, limit: pageSize })
    found.push(...page)
    const last = page.at(-1)
    if (!last || page.length < pageSize) return found
    afterSeq = last.seq
  }
}

/** Tells of each record whether this run has its answer. */
async function answeredBy(
  { store }: Flow,
  { id, job, simulated }: RunRow,
  requests: readonly RequestRow[],
): Promise<(request: RequestRow) => boolean> {
  const keys = new Set<string>()
  for (let at = 0; at < requests.length; at += pageSize) {
    const page = requests.slice(at, at + pageSize).map(({ key }) => key)
    for (const [key, { runId }] of await store.doneBefore(job, page, simulated === 1))
      if (runId === id) keys.add(key)
  }
  return ({ key }) => keys.has(key)
}

/** False: somebody else is at it, or it is further on its way. */
async function endUnsent(flow: Flow, { id }: AttemptRow, answered: RunRow): Promise<boolean> {
  const { store, clock, timings, holder, reach } = flow
  const claim = await store.claim(
    { kind: 'attempt', id },
    { holder, now: clock.now(), leaseMs: timings.leaseMs },
  )
  if (!claim) return false
  const held = await store.attempt(id)
  if (held?.state !== 'waiting' && held?.state !== 'reserved') {
    await store.release(claim, clock.now())
    return false
  }
  const reason = `not sent: run ${answered.id} has answers of its records`
  await withCrashPoints(reach, 'cancel.void.commit', () =>
    store.voidAttempt(claim, {
      reason,
      now: clock.now(),
      again: null,
      outcome: { outcome: 'cancelled', reason },
    }),
  )
  return true
}
