import { setTimeout as sleep } from 'node:timers/promises'
import type { AttemptRow, RunRow } from '../../ports/state.ts'
import type { Flow } from '../flow.ts'
import { withLease } from '../lease.ts'

const againMs = 250
/** So often somebody else's hold on the run is waited for. */
const maxWaits = 40

/**
 * The result of work on a run while none of its retries waits in the queue: those that were not sent are taken back,
 * and queued again by the run itself, as far as they still have to be sent. Whoever holds the run for long is not
 * waited for; then what is queued stays so.
 */
export async function whileNothingIsQueued<Result>(
  flow: Flow,
  run: RunRow,
  work: () => Promise<Result>,
): Promise<Result> {
  if (run.liveKey === null) return work()
  const { signal } = new AbortController()
  for (let waits = 0; waits < maxWaits; waits++) {
    const done: { result: Result }[] = []
    await withLease(flow, { kind: 'run', id: run.id }, signal, async () => {
      await takeBackRetries(flow, run)
      done.push({ result: await work() })
      return flow.clock.now()
    })
    const [first] = done
    if (first) return first.result
    await sleep(againMs)
  }
  return work()
}

async function takeBackRetries(flow: Flow, run: RunRow): Promise<void> {
  const { store } = flow
  const rounds = new Map((await store.batches(run.id)).map(({ n, round }) => [n, round]))
  for (const attempt of await store.attempts(run.id, ['waiting', 'reserved']))
    if ((rounds.get(attempt.batchN) ?? 0) > 0) await takeBack(flow, attempt)
}

/** Somebody else who is at it sends it: then it stays. */
async function takeBack(flow: Flow, { id }: Pick<AttemptRow, 'id'>): Promise<void> {
  const { store, clock, timings, holder } = flow
  const claim = await store.claim(
    { kind: 'attempt', id },
    { holder, now: clock.now(), leaseMs: timings.leaseMs },
  )
  if (!claim) return
  const held = await store.attempt(id)
  if (held?.state === 'waiting' || held?.state === 'reserved') await store.takeBackRetry(claim, clock.now())
  else await store.release(claim, clock.now())
}
