import assert from 'node:assert/strict'
import { matches } from '../assertions.ts'
import type { Runner } from '../runner.ts'
import type { MergedRequest } from '../../ports/store/answers.ts'
import type { RequestRow } from '../../ports/state.ts'
import type { Store } from '../../ports/store.ts'
import { answer, built, claimAttempt, claimRun, fresh, newRequest, required, runWith } from './fixtures.ts'

/** Which of the tries of a request stands. */
export function describeTries({ test }: Runner, store: () => Store): void {
  /** Four requests, one of which two records follow; `first` is what became of them. */
  async function answered(first: readonly MergedRequest[]): Promise<string> {
    const id = fresh()
    await runWith(store(), id, [
      [
        newRequest(0, 0),
        newRequest(1, 0),
        newRequest(2, 0),
        newRequest(3, 0, { line: null, deduplicatedInto: 0, fingerprint: 'print-0' }),
        newRequest(4, 0, { line: null, deduplicatedInto: 0, fingerprint: 'print-0' }),
      ],
    ])
    await end(id, 0, first)
    return id
  }

  async function end(id: string, batchN: number, requests: readonly MergedRequest[]): Promise<void> {
    const counts: Record<string, number> = {}
    for (const { outcome } of requests) counts[outcome] = (counts[outcome] ?? 0) + 1
    const attempt = required((await store().attempts(id)).findLast((each) => each.batchN === batchN))
    const claim = await claimAttempt(store(), attempt.id, 5_000 * (batchN + 1))
    await store().commitMerged({
      runId: id,
      batchN,
      job: `job-${id}`,
      now: 5_000,
      requests,
      counts,
      usage: {},
      accounting: {},
      claim,
      mergedBytes: 9,
    })
  }

  async function sendAgain(id: string, n: number, seqs: readonly number[]): Promise<number> {
    await store().commitRetry(await claimRun(store(), id, 20_000 * n), {
      batch: { ...required(built(n, []).batch), round: n, requests: seqs.length, deliveryMode: 'flex' },
      requests: seqs.map((seq, line) => ({
        seq,
        line,
        fileOffset: 70 + line,
        fileLength: 7,
        rowOffset: null,
        rowLength: null,
      })),
      nonce: `again-${n}`,
      now: 20_000,
      fallbackRows: 0,
      nextBatch: n + 1,
      round: n,
    })
    return required((await store().attempts(id)).findLast(({ batchN }) => batchN === n)).id
  }

  const nothing = (seq: number, outcome: MergedRequest['outcome']): MergedRequest => ({
    ...answer(seq, outcome),
    answerFile: null,
    answerOffset: null,
    answerLength: null,
    inputTokens: null,
    outputTokens: null,
    costPicoUsd: null,
  })
  const firstAnswers = [
    answer(0, 'invalid'),
    answer(1, 'review'),
    nothing(2, 'lost'),
    answer(3, 'invalid'),
    answer(4, 'merged'),
  ]
  const rows = (id: string): Promise<readonly RequestRow[]> => store().requests(id, {})
  const batches = async (id: string): Promise<readonly unknown[]> =>
    (await store().batches(id)).map(({ records, counts }) => [
      records,
      Object.fromEntries(Object.entries(JSON.parse(counts)).filter(([, count]) => count !== 0)),
    ])

  test('a retry that is cancelled before it is sent leaves its requests, and what follows them, as they were', async () => {
    const id = await answered(firstAnswers)
    const before = await rows(id)
    const attempt = await sendAgain(id, 1, [0, 1, 2])
    assert.deepEqual(await batches(id), [
      [1, { merged: 1 }],
      [4, {}],
    ])
    const outcome = { outcome: 'cancelled', reason: 'not sent' } as const
    await store().voidAttempt(await claimAttempt(store(), attempt, 60_000), {
      reason: 'not sent',
      now: 60_000,
      again: null,
      outcome,
    })
    const left = before.map((row) => ({ ...row, retryRequested: 3 }))
    assert.deepEqual(await rows(id), left.map((row) => (row.seq === 4 ? before[4] : row)).map(fold))
    assert.deepEqual(await store().pastTries(id, 0), [])
    assert.deepEqual(await batches(id), [
      [5, { invalid: 2, review: 1, lost: 1, merged: 1 }],
      [0, {}],
    ])
  })

  /** A record that follows another one notes the try by name. */
  const fold = (row: RequestRow | undefined): unknown => (row?.seq === 3 ? { ...row, standingTry: 1 } : row)

  test('a retry that is taken back is still to be sent, in the delivery mode that was chosen', async () => {
    const id = await answered([...firstAnswers.slice(0, 2), nothing(2, 'expired'), ...firstAnswers.slice(3)])
    await store().markAgain(id, { outcomes: ['invalid', 'expired'] }, 'flex')
    const attempt = await sendAgain(id, 1, [0, 2])
    assert.equal(await store().takeBackRetry(await claimAttempt(store(), attempt, 60_000), 60_000), 3)
    matches(await rows(id), [
      {
        seq: 0,
        outcome: 'invalid',
        tries: 1,
        infrastructureFailures: 0,
        retryRequested: 1,
        retryDeliveryMode: 'flex',
        batchN: 0,
        line: 0,
      },
      { seq: 1, outcome: 'review', retryRequested: 0 },
      {
        seq: 2,
        outcome: 'expired',
        tries: 1,
        infrastructureFailures: 0,
        retryRequested: 1,
        retryDeliveryMode: 'flex',
        fileOffset: 0,
      },
      { seq: 3, outcome: 'invalid', retryRequested: 0 },
      { seq: 4, outcome: 'merged' },
    ])
    const wanted = await store().requestsToRetry(id, {
      maxTries: 1,
      limit: 10,
      chosen: 'flex',
      onlyChosen: true,
    })
    assert.deepEqual(
      wanted.map(({ seq }) => seq),
      [0, 2],
    )
  })

  test('what is to be sent again and is in no file is dropped as it is, with what follows it, and counted no more', async () => {
    const id = await answered([...firstAnswers.slice(0, 2), nothing(2, 'expired'), ...firstAnswers.slice(3)])
    await store().markAgain(id, { outcomes: ['invalid', 'review'] }, 'flex')
    const rule = { maxTries: 3, ruled: 'all', onlyChosen: false } as const
    const before = await rows(id)
    assert.deepEqual(await store().retryingIn(id, [0], rule), new Map([[0, 4]]))
    const claim = await claimRun(store(), id, 30_000)
    assert.equal(await store().dropRetries(claim, { ...rule, onlyChosen: true }), 3)
    assert.equal(await store().dropRetries(claim, rule), 1)
    assert.equal(await store().dropRetries(claim, rule), 0)
    const left = { retryRequested: 3, retryDeliveryMode: null }
    assert.deepEqual(
      await rows(id),
      before.map((row) => (row.seq < 3 ? { ...row, ...left } : row)),
    )
    assert.deepEqual(await store().retryingIn(id, [0], rule), new Map())
    matches(JSON.parse((await store().batches(id))[0]?.usage ?? '{}'), {
      chosen: 2,
      leftAlone: 4,
    })
    const wanted = { maxTries: 3, limit: 10, chosen: 'flex', ruled: 'all', onlyChosen: false } as const
    assert.deepEqual(await store().requestsToRetry(id, wanted), [])
    await claimRun(store(), id, 40_000)
    await assert.rejects(store().dropRetries(claim, rule), { code: 'E_FENCED' })
  })

  test('at the end of a run the try that brought most stands, the sum of their costs stays, and twice is as good as once', async () => {
    const id = await answered(firstAnswers)
    await sendAgain(id, 1, [0, 1, 2])
    await end(id, 1, [
      answer(0, 'truncated'),
      nothing(1, 'expired'),
      nothing(2, 'expired'),
      answer(3, 'truncated'),
    ])
    const claim = await claimRun(store(), id, 30_000)
    for (let times = 0; times < 2; times++) {
      await store().settleTries(claim)
      matches(await rows(id), [
        { outcome: 'invalid', tries: 2, standingTry: 1, batchN: 0, retryRequested: 3, costPicoUsd: 5 },
        { outcome: 'review', tries: 2, infrastructureFailures: 1, standingTry: 1 },
        { outcome: 'lost', tries: 2, standingTry: 1, line: 2 },
        { outcome: 'invalid' },
        { outcome: 'merged' },
      ])
      matches(await store().pastTries(id, 0), [{ n: 2, outcome: 'truncated', batchN: 1, line: 0 }])
      assert.deepEqual(await store().pastCosts(id, [0, 1]), new Map([[0, 5]]))
      assert.deepEqual(await batches(id), [
        [5, { invalid: 2, review: 1, lost: 1, merged: 1 }],
        [0, {}],
      ])
    }
    // It can be sent a third time, and nothing of the others is forgotten.
    await sendAgain(id, 2, [0])
    matches(await store().pastTries(id, 0), [
      { n: 1, outcome: 'invalid', batchN: 0 },
      { n: 2, outcome: 'truncated', batchN: 1 },
    ])
    await end(id, 2, [nothing(0, 'failed'), nothing(3, 'failed')])
    await store().settleTries(await claimRun(store(), id, 90_000))
    matches(await store().request(id, 'key-0'), { outcome: 'invalid', tries: 3, standingTry: 1 })
    matches(await store().pastTries(id, 0), [{ n: 2 }, { n: 3, outcome: 'failed', batchN: 2 }])
  })

  test('a try is let stand by name once, and not for what is being asked again', async () => {
    const id = await answered(firstAnswers)
    await sendAgain(id, 1, [0])
    await store().letTriesStand(id, [{ seq: 0, n: 1 }])
    matches(await store().request(id, 'key-0'), { outcome: 'pending', batchN: 1 })
    await end(id, 1, [answer(0, 'invalid'), answer(3, 'invalid')])
    for (let times = 0; times < 2; times++) {
      await store().letTriesStand(id, [{ seq: 0, n: 1 }])
      matches(await store().request(id, 'key-0'), { batchN: 0, standingTry: 1 })
      matches(await store().pastTries(id, 0), [{ n: 2, batchN: 1 }])
    }
    const [, again] = await store().attempts(id)
    assert.deepEqual(await store().answeredLines(required(again)), new Set([0]))
    matches([...(await store().pastTriesOf(id, [0, 1]))], [[0, [{ n: 2 }]]])
  })
}
