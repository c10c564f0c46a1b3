import assert from 'node:assert/strict'
import { matches, contains } from '../assertions.ts'
import type { Runner } from '../runner.ts'
import type { Store } from '../../ports/store.ts'
import { built, claimAttempt, claimRun, fresh, newRequest, newRun, reservation, runWith } from './fixtures.ts'

const fenced = { code: 'E_FENCED' }

/** Files of requests. */
export function describeBuilding({ test }: Runner, store: () => Store): void {
  test('a file, its records, its first attempt and the place in the source are one commit', async () => {
    const id = fresh()
    const requests = [
      newRequest(0, 0),
      newRequest(1, 0, { line: 1 }),
      newRequest(2, null, { outcome: 'unrenderable', reason: 'no prompt' }),
    ]
    await store().startRun(newRun(id))
    const claim = await claimRun(store(), id)
    await store().commitBuilt(
      claim,
      built(0, requests, { sourceCursor: 'c', sourceDone: 1, unsent: '{"unrenderable":1}' }),
    )
    matches(await store().run(id), {
      state: 'running',
      sourceCursor: 'c',
      nextSeq: 3,
      nextBatch: 1,
      selected: 3,
    })
    matches(await store().batch(id, 0), { requests: 2, records: 2, counts: '{}', exact: 0 })
    matches(await store().attempts(id), [
      { batchN: 0, n: 1, state: 'waiting', nonce: 'nonce-0', nextAt: 1_000 },
    ])
    matches(await store().requests(id, {}), [
      { key: 'key-0', line: 0, tries: 1 },
      { key: 'key-1', line: 1 },
      { outcome: 'unrenderable', tries: 0, line: null },
    ])
    assert.equal(await store().countWaitingFiles(id), 1)
    const asked = [
      { key: 'key-1', fingerprint: 'print-0' },
      { key: 'other', fingerprint: 'print-2' },
      { key: 'none', fingerprint: 'x' },
    ]
    const recalled = {
      known: new Set(['key-1']),
      done: new Map(),
      same: new Map([['print-0', { seq: 0, batchN: 0 }]]),
    }
    assert.deepEqual(await store().recall(id, id, asked), recalled)
    assert.deepEqual(await store().recall(id, null, asked), recalled)
    assert.deepEqual(await store().recall('another', id, []), {
      known: new Set(),
      done: new Map(),
      same: new Map(),
    })
  })

  test('a commit that is repeated or fails leaves nothing of itself', async () => {
    const id = fresh()
    await store().startRun(newRun(id))
    const claim = await claimRun(store(), id)
    await store().commitBuilt(claim, built(0, [newRequest(0, 0)]))
    const before = [await store().run(id), await store().attempts(id), await store().requests(id, {})]
    await assert.rejects(store().commitBuilt(claim, built(0, [newRequest(0, 0)])))
    await assert.rejects(store().commitBuilt(claim, built(1, [newRequest(1, 1), newRequest(0, 1)])))
    assert.deepEqual(
      [await store().run(id), await store().attempts(id), await store().requests(id, {})],
      before,
    )
  })

  test('a run that was paused while its last file was built stays paused', async () => {
    const id = fresh()
    await store().startRun(newRun(id))
    const claim = await claimRun(store(), id)
    await store().changeRun(id, ['building'], { state: 'paused' })
    await store().commitBuilt(claim, built(0, [newRequest(0, 0)], { sourceDone: 1 }))
    matches(await store().run(id), { state: 'paused', sourceDone: 1 })
  })
}

/** The life of attempts. */
export function describeAttempts({ test }: Runner, store: () => Store): void {
  test('an attempt goes only where its transition table lets it', async () => {
    const id = fresh()
    const [attemptId = 0] = await runWith(store(), id, [[newRequest(0, 0)]])
    const claim = await claimAttempt(store(), attemptId)
    await assert.rejects(store().move(claim, 'created', {}), { code: 'E_BUG' })
    await assert.rejects(
      store().settle(claim, {
        amountMicroUsd: 1,
        now: 1,
        note: null,
        to: 'merged',
        possiblyPaidMicroUsd: 0,
        estimatePicoUsd: null,
      }),
      { code: 'E_BUG' },
    )
    matches(await store().attempt(attemptId), { state: 'waiting' })
    await store().move(claim, 'reserved', {})
    await store().move(claim, 'uploading', {})
    await store().move(claim, 'uploaded', { staged: 'file-1' })
    matches(await store().attempt(attemptId), { state: 'uploaded', staged: 'file-1' })
    await store().saveAttempt(claim, { reason: 'slow' })
    matches(await store().attempt(attemptId), { state: 'uploaded', reason: 'slow' })
    await store().tighten(claim, { runId: id, n: 0 }, 7, 8)
    matches(await store().batch(id, 0), { maxTokens: 7, maxCostMicroUsd: 8, exact: 1 })
    await store().markCleaned(attemptId)
    matches(await store().attempt(attemptId), { remoteDeleted: 1 })
  })

  test('that a batch exists is recorded by anybody, once, and only while the attempt waits for it', async () => {
    const id = fresh()
    const [attemptId = 0] = await runWith(store(), id, [[newRequest(0, 0)]])
    const fact = { providerBatchId: 'batch_1', account: 'api.example/1', expiresAt: 9, nextAt: 4_000 }
    assert.equal(await store().recordCreated(attemptId, 'nonce-0', fact), false)
    const claim = await claimAttempt(store(), attemptId)
    for (const state of ['reserved', 'uploading', 'uploaded', 'creating'] as const)
      await store().move(claim, state, {})
    assert.equal(await store().recordCreated(attemptId, 'other', fact), false)
    assert.equal(await store().recordCreated(attemptId, 'nonce-0', fact), true)
    assert.equal(await store().recordCreated(attemptId, 'nonce-0', fact), true)
    assert.equal(
      await store().recordCreated(attemptId, 'nonce-0', { ...fact, providerBatchId: 'batch_2' }),
      false,
    )
    matches(await store().attempt(attemptId), {
      state: 'created',
      providerBatchId: 'batch_1',
      account: 'api.example/1',
      expiresAt: 9,
      nextAt: 4_000,
    })
  })

  test('batches that are known to exist are told by their account, newest first; live ones are those not merged yet', async () => {
    const id = fresh()
    const account = `api.example/${id}`
    const attempts = await runWith(store(), id, [[newRequest(0, 0)], [newRequest(1, 1)]])
    for (const [n, attemptId] of attempts.entries()) {
      const claim = await claimAttempt(store(), attemptId)
      for (const state of ['reserved', 'uploading', 'uploaded'] as const) await store().move(claim, state, {})
      await store().move(claim, 'creating', { triedAt: 5_000 + n })
      await store().recordCreated(attemptId, `nonce-${n}`, {
        providerBatchId: `${id}-${n}`,
        account,
        expiresAt: null,
        nextAt: null,
        epoch: claim.epoch,
      })
      if (n === 1)
        for (const state of ['completed', 'collected', 'merged'] as const)
          await store().move(claim, state, {})
    }
    const known = async (which: 'live' | 'all', sinceMs = 5_000, limit = 9): Promise<readonly string[]> =>
      (await store().knownBatches(account, sinceMs, limit, which)).map(
        ({ providerBatchId }) => providerBatchId,
      )
    assert.deepEqual(await known('all'), [`${id}-1`, `${id}-0`])
    assert.deepEqual(await known('all', 5_001), [`${id}-1`])
    assert.deepEqual(await known('all', 5_000, 1), [`${id}-1`])
    assert.deepEqual(await known('live'), [`${id}-0`])
  })

  test('whoever holds an attempt whose batch somebody else finds has to look again', async () => {
    const id = fresh()
    const [attemptId = 0] = await runWith(store(), id, [[newRequest(0, 0)]])
    const claim = await claimAttempt(store(), attemptId)
    for (const state of ['reserved', 'uploading', 'uploaded', 'creating'] as const)
      await store().move(claim, state, {})
    await store().recordCreated(attemptId, 'nonce-0', {
      providerBatchId: 'batch_1',
      account: 'api.example/1',
      expiresAt: null,
      nextAt: 2_500,
    })
    await assert.rejects(store().move(claim, 'in_doubt', {}), fenced)
    await store().release(claim, 90_000)
    contains(await store().due(2_500, 10, [id]), { kind: 'attempt', id: attemptId })
  })

  test('its own holder continues with it', async () => {
    const id = fresh()
    const [attemptId = 0] = await runWith(store(), id, [[newRequest(0, 0)]])
    const claim = await claimAttempt(store(), attemptId)
    for (const state of ['reserved', 'uploading', 'uploaded', 'creating'] as const)
      await store().move(claim, state, {})
    await store().recordCreated(attemptId, 'nonce-0', {
      providerBatchId: 'batch_1',
      account: 'api.example/1',
      expiresAt: null,
      nextAt: null,
      epoch: claim.epoch,
    })
    await store().move(claim, 'in_progress', {})
    await store().release(claim, 90_000)
    matches(await store().attempt(attemptId), { state: 'in_progress', nextAt: 90_000 })
  })

  test('who made the batch and was overtaken meanwhile makes the one that holds the attempt now look again', async () => {
    const id = fresh()
    const [attemptId = 0] = await runWith(store(), id, [[newRequest(0, 0)]])
    const former = await claimAttempt(store(), attemptId)
    for (const state of ['reserved', 'uploading', 'uploaded', 'creating'] as const)
      await store().move(former, state, {})
    await store().release(former, 1_000)
    const holder = await claimAttempt(store(), attemptId)
    assert.ok(holder.epoch > former.epoch)
    const fact = { providerBatchId: 'batch_1', account: 'api.example/1', expiresAt: null, nextAt: null }
    assert.equal(await store().recordCreated(attemptId, 'nonce-0', { ...fact, epoch: former.epoch }), true)
    await assert.rejects(store().move(holder, 'in_doubt', {}), fenced)
    matches(await store().attempt(attemptId), { state: 'created', holder: null })
  })

  test('an attempt that is replaced keeps what it holds, and its file gets one other attempt', async () => {
    const id = fresh()
    const [attemptId = 0] = await runWith(store(), id, [[newRequest(0, 0)]], 1_000)
    const claim = await claimAttempt(store(), attemptId)
    await store().reserve(claim, reservation(id))
    for (const state of ['uploading', 'uploaded', 'creating', 'in_doubt'] as const)
      await store().move(claim, state, {})
    await store().replaceAttempt(claim, { nonce: 'second', now: 4_000 })
    await store().replaceAttempt(claim, { nonce: 'third', now: 4_000 })
    matches(await store().attempts(id), [
      { state: 'fenced', nextAt: null },
      { state: 'waiting', nonce: 'second', n: 2 },
    ])
    assert.equal((await store().attempts(id)).length, 2)
    matches(await store().budget(`run:${id}`), { reservedMicroUsd: 500 })
    assert.equal(
      await store().recordCreated(attemptId, 'nonce-0', {
        providerBatchId: 'late',
        account: 'api.example/1',
        expiresAt: null,
        nextAt: 1,
      }),
      false,
    )
  })
}
