import assert from 'node:assert/strict'
import { matches } from '../assertions.ts'
import type { Runner } from '../runner.ts'
import { addCounts, type OutcomeCounts, parseCounts } from '../../domain/outcome.ts'
import type { Store } from '../../ports/store.ts'
import { answer, built, claimAttempt, claimRun, fresh, newRequest, required, runWith } from './fixtures.ts'

/** The suite of outcomes of requests, and of their counters. */
export function describeMerging({ test }: Runner, store: () => Store): void {
  test('a chunk is merged once, however often it is committed', async () => {
    const id = fresh()
    const [attemptId = 0] = await runWith(store(), id, [[newRequest(0, 0), newRequest(1, 0, { line: 1 })]])
    const claim = await claimAttempt(store(), attemptId)
    const chunk = {
      runId: id,
      batchN: 0,
      job: id,
      now: 5_000,
      requests: [answer(0, 'merged'), answer(1, 'invalid')],
      counts: { merged: 1, invalid: 1 },
      usage: { costPicoUsd: 10 },
      accounting: { lines: 2 },
      claim,
      mergedBytes: 50,
    } as const
    await store().commitMerged(chunk)
    await store().commitMerged(chunk)
    const rest = {
      ...chunk,
      requests: [],
      counts: {},
      usage: {},
      accounting: { unknownId: 1 },
      mergedBytes: 60,
    }
    await store().commitMerged(rest)
    await store().commitMerged(rest)
    const batch = required(await store().batch(id, 0))
    assert.deepEqual(
      [batch.counts, batch.usage, batch.accounting].map((text) => JSON.parse(text) as unknown),
      [{ merged: 1, invalid: 1 }, { costPicoUsd: 10 }, { lines: 2, unknownId: 1 }],
    )
    matches(await store().requests(id, {}), [
      { outcome: 'merged', attemptId, answerFile: 'a', answerOffset: 0 },
      { outcome: 'invalid', reason: 'why' },
    ])
    matches(await store().attempt(attemptId), { mergedBytes: 60 })
    assert.deepEqual(
      await store().doneBefore(id, ['key-0', 'key-1'], false),
      new Map([['key-0', { fingerprint: 'print-0', runId: id }]]),
    )
    const asked = ['key-0', 'key-1'].map((key) => ({ key, fingerprint: 'new' }))
    assert.deepEqual((await store().recall('another', id, asked)).done, new Map([['key-0', 'print-0']]))
    assert.deepEqual((await store().recall('another', null, asked)).done, new Map())
  })

  test('a try that counts for nothing leaves the numbers as they were before it', async () => {
    const id = fresh()
    const [attemptId = 0] = await runWith(store(), id, [[newRequest(0, 0), newRequest(1, 0, { line: 1 })]])
    const claim = await claimAttempt(store(), attemptId)
    const chunk = {
      runId: id,
      batchN: 0,
      job: id,
      now: 5_000,
      requests: [answer(0, 'transient'), answer(1, 'transient')],
      untried: [1],
      counts: { transient: 2 },
      usage: {},
      accounting: {},
      claim,
      mergedBytes: 50,
    } as const
    await store().commitMerged(chunk)
    await store().commitMerged(chunk)
    matches(await store().requests(id, {}), [
      { tries: 1, infrastructureFailures: 0 },
      { tries: 0, infrastructureFailures: -1 },
    ])
    const wish = { limit: 10, chosen: null, ruled: 'all', onlyChosen: false } as const
    const wanted = await store().requestsToRetry(id, { ...wish, maxTries: 1 })
    assert.deepEqual(
      wanted.map(({ seq }) => seq),
      [0, 1],
    )
  })

  test('counters and rows say the same after folds and rounds of retries', async () => {
    const id = fresh()
    const requests = [
      newRequest(0, 0),
      newRequest(1, 0, { line: 1 }),
      newRequest(2, 0, { line: null, deduplicatedInto: 1 }),
      newRequest(3, 0, { line: 2 }),
    ]
    const [attemptId = 0] = await runWith(store(), id, [requests])
    const claim = await claimAttempt(store(), attemptId)
    await store().commitMerged({
      runId: id,
      batchN: 0,
      job: id,
      now: 5_000,
      requests: [answer(0, 'merged'), answer(1, 'invalid'), answer(2, 'invalid'), answer(3, 'transient')],
      counts: { merged: 1, invalid: 2, transient: 1 },
      usage: {},
      accounting: {},
      claim,
      mergedBytes: 9,
    })
    await agree(store(), id)
    const wanted = await store().requestsToRetry(id, {
      maxTries: 3,
      limit: 10,
      chosen: null,
      ruled: 'all',
      onlyChosen: false,
    })
    assert.deepEqual(
      wanted.map(({ seq }) => seq),
      [1, 3],
    )
    await retry(
      store(),
      id,
      wanted.map(({ seq }) => seq),
      1,
    )
    await agree(store(), id)
    matches(await store().requests(id, {}), [
      { batchN: 0 },
      { batchN: 1, outcome: 'pending', tries: 2, infrastructureFailures: 0 },
      { batchN: 1, outcome: 'pending' },
      { batchN: 1, tries: 2, infrastructureFailures: 1 },
    ])
    const next = required((await store().attempts(id))[1])
    const nextClaim = await claimAttempt(store(), next.id)
    await store().voidAttempt(nextClaim, {
      reason: 'x',
      now: 6_000,
      again: null,
      outcome: { outcome: 'transient', reason: 'refused' },
    })
    await store().voidAttempt(nextClaim, {
      reason: 'x',
      now: 6_000,
      again: null,
      outcome: { outcome: 'transient', reason: 'refused' },
    })
    await agree(store(), id)
    await retry(store(), id, [1, 3], 2)
    await agree(store(), id)
    assert.equal(required(await store().batch(id, 1)).records, 0)
  })

  test('what the rules are to leave alone is sent again by a person only', async () => {
    const id = fresh()
    const [attemptId = 0] = await runWith(store(), id, [[newRequest(0, 0), newRequest(1, 0, { line: 1 })]])
    await store().commitMerged({
      runId: id,
      batchN: 0,
      job: id,
      now: 5_000,
      requests: [answer(0, 'invalid'), answer(1, 'invalid')],
      final: [1],
      counts: { invalid: 2 },
      usage: {},
      accounting: {},
      claim: await claimAttempt(store(), attemptId),
      mergedBytes: 9,
    })
    const rule = { maxTries: 3, ruled: 'all', onlyChosen: false } as const
    const wanted = async (): Promise<readonly number[]> =>
      (await store().requestsToRetry(id, { ...rule, limit: 10, chosen: null })).map(({ seq }) => seq)
    assert.deepEqual(await wanted(), [0])
    assert.deepEqual(await store().retryingIn(id, [0], rule), new Map([[0, 1]]))
    assert.deepEqual(JSON.parse(required(await store().batch(id, 0)).usage), { leftAlone: 1 })
    assert.equal(await store().markAgain(id, { keys: ['key-1'] }, null), 1)
    assert.deepEqual(await wanted(), [0, 1])
    await retry(store(), id, [1], 1)
    matches(await store().requests(id, {}), [{ retryRequested: 0 }, { outcome: 'pending', tries: 2 }])
  })

  test('a fold that came after the answer is found', async () => {
    const id = fresh()
    const [attemptId = 0] = await runWith(store(), id, [[newRequest(0, 0)]])
    const claim = await claimAttempt(store(), attemptId)
    await store().commitMerged({
      runId: id,
      batchN: 0,
      job: id,
      now: 1,
      requests: [answer(0, 'merged')],
      counts: { merged: 1 },
      usage: {},
      accounting: {},
      claim,
      mergedBytes: 1,
    })
    const runClaim = await claimRun(store(), id, 9_000)
    await store().commitBuilt(runClaim, {
      ...built(1, [newRequest(5, 0, { line: null, deduplicatedInto: 0 })]),
      batch: null,
    })
    matches(await store().unansweredFolds(id, 10), [{ seq: 5, deduplicatedInto: 0 }])
    assert.equal(required(await store().batch(id, 0)).records, 2)
    const all = [
      { seq: 0, line: 0, outcome: 'merged', deduplicatedInto: null },
      { seq: 5, line: null, outcome: 'pending', deduplicatedInto: 0 },
    ]
    matches(await store().batchRequests(id, 0, { afterSeq: -1, limit: 9 }), all)
    matches(await store().batchRequests(id, 0, { afterSeq: -1, limit: 1 }), all.slice(0, 1))
    matches(await store().batchRequests(id, 0, { afterSeq: 0, limit: 1 }), all.slice(1))
    assert.deepEqual(await store().batchRequests(id, 1, { afterSeq: -1, limit: 9 }), [])
    matches(await store().waitingFolds(id, [0, 1]), [{ seq: 5, key: 'key-5' }])
    assert.deepEqual(await store().waitingFolds(id, [5]), [])
  })
}

async function retry(store: Store, id: string, seqs: readonly number[], n: number): Promise<void> {
  const claim = await claimRun(store, id, 20_000 * n)
  const batch = { ...required(built(n, []).batch), round: n, requests: seqs.length }
  await store.commitRetry(claim, {
    batch,
    requests: seqs.map((seq, line) => ({
      seq,
      line,
      fileOffset: 0,
      fileLength: 1,
      rowOffset: null,
      rowLength: null,
    })),
    nonce: `retry-${n}`,
    now: 20_000 * n,
    fallbackRows: 0,
    nextBatch: n + 1,
    round: n,
  })
}

/** The sum of all counters and of what is pending is the number of records, outcome by outcome. */
async function agree(store: Store, id: string): Promise<void> {
  const batches = await store.batches(id)
  let counted: OutcomeCounts = {}
  let records = 0
  for (const batch of batches) {
    counted = addCounts(counted, parseCounts(batch.counts))
    records += batch.records
  }
  const rows = await store.requests(id, {})
  const byOutcome = Map.groupBy(rows, ({ outcome }) => outcome)
  const answered = Object.fromEntries(
    [...byOutcome]
      .filter(([outcome]) => outcome !== 'pending')
      .map(([outcome, group]) => [outcome, group.length]),
  )
  assert.deepEqual(Object.fromEntries(Object.entries(counted).filter(([, count]) => count !== 0)), answered)
  assert.equal(records, rows.length)
}
