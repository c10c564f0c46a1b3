import assert from 'node:assert/strict'
import { matches } from '../assertions.ts'
import type { Runner } from '../runner.ts'
import type { Store } from '../../ports/store.ts'
import {
  answer,
  built,
  claimAttempt,
  claimRun,
  fresh,
  leaseMs,
  newRequest,
  newRun,
  required,
  reservation,
  runWith,
} from './fixtures.ts'

const fenced = { code: 'E_FENCED' }

/** One live run per job. */
export function describeRuns({ test }: Runner, store: () => Store): void {
  test('a job has one live run: whoever starts it again gets that one', async () => {
    const [id, other] = [fresh(), fresh()]
    const first = await store().startRun(newRun(id, 100, id))
    const second = await store().startRun(newRun(other, 999, id))
    matches(first, { attached: false, run: { id, state: 'building', liveKey: id } })
    matches(second, { attached: true, run: { id } })
    assert.equal(await store().run(other), null)
    matches(await store().budget(`run:${id}`), {
      capMicroUsd: 100,
      reservedMicroUsd: 0,
      spentMicroUsd: 0,
    })
    assert.equal(await store().budget(`run:${other}`), null)
  })

  test('of twenty starts at once, one makes the run', async () => {
    const job = fresh()
    const started = await Promise.all(
      Array.from({ length: 20 }, () => store().startRun(newRun(fresh(), 100, job))),
    )
    assert.equal(started.filter(({ attached }) => !attached).length, 1)
    assert.equal(new Set(started.map(({ run }) => run.id)).size, 1)
  })

  test('a run that ended makes room for the next one of its job', async () => {
    const [id, next] = [fresh(), fresh()]
    await store().startRun(newRun(id, null, id))
    await store().saveRun(await claimRun(store(), id), {
      state: 'done',
      liveKey: null,
      finishedAt: 5_000,
      nextAt: null,
    })
    matches(await store().startRun(newRun(next, null, id)), {
      attached: false,
      run: { id: next },
    })
    assert.deepEqual(
      (await store().runs({ job: id, limit: 10 })).map((run) => run.id).toSorted(),
      [id, next].toSorted(),
    )
    assert.deepEqual(
      (await store().runs({ job: id, live: true, limit: 10 })).map((run) => run.id),
      [next],
    )
    assert.deepEqual(
      (await store().runs({ job: id, endedBefore: 5_000, limit: 10 })).map((run) => run.id),
      [id],
    )
  })

  test('runs are listed newest first, page by page, and by job and state', async () => {
    const [job, other] = [fresh(), fresh()]
    const ids = Array.from({ length: 5 }, (_run, n) => `${job}-${n}`)
    for (const [n, id] of ids.entries())
      await store().startRun({ ...newRun(id, null, n === 4 ? other : `${job}${n}`), now: n < 3 ? 100 : 200 })
    const jobs = [other, ...ids.map((_id, n) => `${job}${n}`)]
    const all = await store().runs({ jobs, limit: 10 })
    assert.deepEqual(
      all.map(({ id }) => id),
      [4, 3, 2, 1, 0].map((n) => `${job}-${n}`),
    )
    const found: string[] = []
    for (let after; ;) {
      const page = await store().runs({ jobs, limit: 2, ...(after === undefined ? {} : { after }) })
      found.push(...page.map(({ id }) => id))
      after = page.at(-1)
      if (after === undefined) break
    }
    assert.deepEqual(
      found,
      all.map(({ id }) => id),
    )
    await store().changeRun(`${job}-1`, ['building'], { state: 'paused' })
    assert.deepEqual(
      (await store().runs({ jobs, states: ['paused', 'done'], limit: 9 })).map(({ id }) => id),
      [`${job}-1`],
    )
    assert.deepEqual(await store().runs({ jobs: [], limit: 9 }), [])
  })

  test('a wish changes a run only from the states it names', async () => {
    const id = fresh()
    await store().startRun(newRun(id))
    assert.equal(await store().changeRun(id, ['paused'], { state: 'running' }), false)
    assert.equal(
      await store().changeRun(id, ['building'], { state: 'paused', pauseKind: 'asked', pauseReason: 'why' }),
      true,
    )
    matches(await store().run(id), { state: 'paused', pauseKind: 'asked', pauseReason: 'why' })
  })
}

/** The suite of leases: who may act on a unit, and when. */
export function describeLeases({ test }: Runner, store: () => Store): void {
  test('a unit has one holder until its lease ends', async () => {
    const id = fresh()
    await store().startRun(newRun(id))
    const unit = { kind: 'run', id } as const
    const first = required(await store().claim(unit, { holder: 'a', now: 2_000, leaseMs }))
    assert.equal(await store().claim(unit, { holder: 'b', now: 2_999, leaseMs }), null)
    assert.deepEqual(await store().due(2_999, 1_000, [id]), [])
    assert.equal(await store().renew(first, 5_000), true)
    assert.equal(await store().claim(unit, { holder: 'b', now: 4_999, leaseMs }), null)
    const second = required(await store().claim(unit, { holder: 'b', now: 5_000, leaseMs }))
    assert.ok(second.epoch > first.epoch)
    assert.equal(await store().renew(first, 9_000), false)
    await store().release(first, null)
    matches(await store().run(id), {
      holder: 'b',
      leaseUntil: 6_000,
    })
  })

  test('what somebody held who is gone can be claimed at once, and that one writes nothing any more', async () => {
    const [id, kept, gone, other] = [fresh(), fresh(), fresh(), fresh()]
    const [attempt = 0] = await runWith(store(), id, [[newRequest(0, 0)]])
    await store().startRun(newRun(kept))
    const lost = required(await store().claim({ kind: 'run', id }, { holder: gone, now: 20_000, leaseMs }))
    await store().claim({ kind: 'attempt', id: attempt }, { holder: gone, now: 20_000, leaseMs })
    await store().claim({ kind: 'run', id: kept }, { holder: other, now: 20_000, leaseMs })
    const holders = await store().holders(20_500)
    assert.ok(holders.includes(gone))
    assert.ok(holders.includes(other))
    await store().releaseLeasesOf(gone, 20_500)
    assert.ok(!(await store().holders(20_500)).includes(gone))
    assert.deepEqual(await store().due(20_500, 1_000, [id, kept]), [
      { kind: 'run', id },
      { kind: 'attempt', id: attempt },
    ])
    assert.equal(await store().renew(lost, 30_000), false)
    await assert.rejects(store().saveRun(lost, { sourceDone: 1 }), fenced)
  })

  test('of forty claims at once, one gets the unit', async () => {
    const id = fresh()
    await store().startRun(newRun(id))
    const claims = await Promise.all(
      Array.from({ length: 40 }, (_item, n) =>
        store().claim({ kind: 'run', id }, { holder: `h${n}`, now: 2_000, leaseMs }),
      ),
    )
    assert.equal(claims.filter((claim) => claim !== null).length, 1)
  })

  test('a unit is due when its time has come, also after its holder has died', async () => {
    const id = fresh()
    await store().startRun(newRun(id))
    const unit = { kind: 'run', id } as const
    const claim = await claimRun(store(), id)
    await store().release(claim, 8_000)
    assert.deepEqual(await store().due(7_999, 10, [id]), [])
    assert.deepEqual(await store().due(8_000, 10, [id]), [unit])
    assert.equal(await store().nextDue([id]), 8_000)
    await claimRun(store(), id, 8_000)
    assert.equal(await store().nextDue([id]), 9_000)
    assert.deepEqual(await store().due(9_000, 10, [id]), [unit])
  })

  test('a unit that is woken while somebody holds it is looked at again at once', async () => {
    const id = fresh()
    await store().startRun(newRun(id))
    const held = await claimRun(store(), id)
    await store().changeRun(id, ['building'], { nextAt: 2_100 })
    await store().release(held, 60_000)
    matches(await store().run(id), { nextAt: 2_100, leaseUntil: 0, holder: null })
    const again = await claimRun(store(), id, 2_200)
    await store().release(again, 60_000)
    matches(await store().run(id), { nextAt: 60_000 })
    const paused = await claimRun(store(), id, 60_000)
    await store().changeRun(id, ['building'], { nextAt: 60_001 })
    await store().release(paused, null)
    matches(await store().run(id), { nextAt: 60_001 })
  })

  test('a holder that was taken over writes nothing', async () => {
    const id = fresh()
    const [attemptId = 0] = await runWith(store(), id, [[newRequest(0, 0)]])
    const staleRun = await claimRun(store(), id)
    await claimRun(store(), id, 9_000)
    const stale = await claimAttempt(store(), attemptId)
    await claimAttempt(store(), attemptId, 9_000)
    const before = [
      await store().run(id),
      await store().attempt(attemptId),
      await store().batches(id),
      await store().requests(id, {}),
    ]
    const now = 10_000
    const merged = {
      runId: id,
      batchN: 0,
      job: id,
      now,
      requests: [answer(0, 'merged')],
      done: [],
      counts: { merged: 1 },
      usage: {},
      accounting: {},
      mergedBytes: 5,
    }
    const writes = [
      store().saveRun(staleRun, { state: 'done' }),
      store().commitBuilt(staleRun, built(1, [newRequest(1, 1)])),
      store().commitRetry(staleRun, {
        batch: required(built(1, [newRequest(0, 1)]).batch),
        requests: [],
        nonce: 'n',
        now,
        fallbackRows: 0,
        nextBatch: 2,
        round: 1,
      }),
      store().move(stale, 'reserved', {}),
      store().saveAttempt(stale, { reason: 'x' }),
      store().tighten(stale, { runId: id, n: 0 }, 1, 1),
      store().reserve(stale, reservation(id)),
      store().voidAttempt(stale, { reason: 'x', now, again: { nonce: 'n2', nextAt: now }, outcome: null }),
      store().replaceAttempt(stale, { nonce: 'n2', now }),
      store().freeTokens(stale),
      store().settle(stale, {
        amountMicroUsd: 1,
        now,
        note: null,
        to: 'merged',
        possiblyPaidMicroUsd: 0,
        estimatePicoUsd: null,
      }),
      store().commitMerged({ ...merged, claim: stale }),
    ]
    const results = await Promise.allSettled(writes)
    matches(
      results.map((result) => result.status === 'rejected' && result.reason),
      writes.map(() => fenced),
    )
    assert.deepEqual(
      [
        await store().run(id),
        await store().attempt(attemptId),
        await store().batches(id),
        await store().requests(id, {}),
      ],
      before,
    )
    assert.deepEqual(await store().ledger({ runId: id }), [])
  })
}
