import assert from 'node:assert/strict'
import { matches } from '../assertions.ts'
import type { Runner } from '../runner.ts'
import { parseCounts } from '../../domain/outcome.ts'
import type { Store } from '../../ports/store.ts'
import type { GivenVerdict, VerdictRow } from '../../ports/store/answers.ts'
import {
  answer,
  built,
  claimAttempt,
  claimRun,
  fresh,
  newRequest,
  newRun,
  required,
  runWith,
} from './fixtures.ts'

/** A run of three answers: one written, one that waits for a person, one that did not fit. */
async function answered(store: Store, id: string): Promise<number> {
  const requests = [0, 1, 2].map((seq) => newRequest(seq, 0, { line: seq }))
  const [attemptId = 0] = await runWith(store, id, [requests])
  await store.commitMerged({
    runId: id,
    batchN: 0,
    job: id,
    now: 5_000,
    requests: [
      answer(0, 'merged'),
      { ...answer(1, 'review'), scorePermille: 400 },
      { ...answer(2, 'invalid'), scorePermille: 100 },
    ],
    counts: { merged: 1, review: 1, invalid: 1 },
    usage: {},
    accounting: {},
    claim: await claimAttempt(store, attemptId),
    mergedBytes: 50,
  })
  return attemptId
}

function verdict(runId: string, seq: number, attemptId: number, more: Partial<VerdictRow> = {}): VerdictRow {
  return {
    runId,
    seq,
    key: `key-${seq}`,
    verdict: 'accept',
    reason: null,
    by: 'ada',
    at: 6_000,
    attemptId,
    was: 'review',
    wasReason: 'why',
    overruled: 1,
    patch: null,
    ...more,
  }
}

function accepting(row: VerdictRow): GivenVerdict {
  const { runId, seq } = row
  return {
    job: runId,
    runId,
    seq,
    from: 'review',
    verdict: row,
    forget: false,
    rejoin: null,
    merged: {
      runId,
      batchN: 0,
      job: runId,
      now: 6_000,
      requests: [answer(seq, 'merged')],
      counts: { review: -1, merged: 1 },
      usage: { unusablePicoUsd: -5 },
      accounting: {},
      claim: null,
      mergedBytes: null,
    },
  }
}

/** The suite of verdicts, and of a job's coverage. */
export function describeReviews({ test }: Runner, store: () => Store): void {
  test('a verdict is kept with what it makes of its record, by one of those who give it at once', async () => {
    const id = fresh()
    const attemptId = await answered(store(), id)
    const given = ['ada', 'bob', 'eve'].map((by) => accepting(verdict(id, 1, attemptId, { by })))
    const kept = await Promise.all(given.map((one) => store().giveVerdict(one)))
    assert.equal(kept.filter((one) => one).length, 1)
    assert.deepEqual(await store().verdicts(id, [0, 1, 2]), [given[kept.indexOf(true)]?.verdict])
    const batch = required(await store().batch(id, 0))
    assert.deepEqual(parseCounts(batch.counts), { merged: 2, review: 0, invalid: 1 })
    assert.deepEqual(JSON.parse(batch.usage), { unusablePicoUsd: -5 })
    assert.deepEqual(
      await store().doneBefore(id, ['key-1'], false),
      new Map([['key-1', { fingerprint: 'print-1', runId: id }]]),
    )
    assert.deepEqual(await store().doneIn(id, 'key-1'), { runId: id, at: 6_000 })
    assert.equal(await store().doneIn(id, 'key-2'), null)
  })

  test('a later verdict takes the place of an earlier one, and one that is taken back is gone', async () => {
    const id = fresh()
    const attemptId = await answered(store(), id)
    const say = (row: VerdictRow | null, from: GivenVerdict['from'] = 'merged'): Promise<boolean> =>
      store().giveVerdict({
        job: id,
        runId: id,
        seq: 0,
        from,
        verdict: row,
        merged: null,
        forget: false,
        rejoin: null,
      })
    const first = verdict(id, 0, attemptId, { was: 'merged', wasReason: null, overruled: 0 })
    assert.equal(await say(first), true)
    const second = { ...first, verdict: 'reject', reason: 'no', patch: '{"a":1}' } as const
    assert.equal(await say(second), true)
    assert.equal(await say(first, 'review'), false)
    assert.deepEqual(await store().verdicts(id, [0]), [second])
    assert.deepEqual(await store().verdictCounts(id), [{ verdict: 'reject', was: 'merged', count: 1 }])
    await say({ ...second, verdict: null })
    assert.deepEqual(await store().verdictCounts(id), [])
    await say({ ...first, attemptId: attemptId + 1 })
    assert.deepEqual(await store().verdictCounts(id), [])
    await say(null)
    assert.deepEqual(await store().verdicts(id, [0]), [])
  })

  test('a record can be forgotten as done', async () => {
    const id = fresh()
    await answered(store(), id)
    await store().giveVerdict({
      job: id,
      runId: id,
      seq: 1,
      from: 'review',
      verdict: null,
      merged: null,
      forget: true,
      rejoin: null,
    })
    assert.equal(await store().doneIn(id, 'key-1'), null)
    matches(await store().doneIn(id, 'key-0'), { runId: id })
  })

  test('requests come by their score, or by their places', async () => {
    const id = fresh()
    await answered(store(), id)
    const seqs = async (limit: number): Promise<readonly number[]> =>
      (await store().requestsByScore(id, ['review', 'invalid'], limit)).map(({ seq }) => seq)
    assert.deepEqual(await seqs(10), [2, 1])
    assert.deepEqual(await seqs(1), [2])
    assert.deepEqual((await store().requestsAt(id, [2, 0, 7])).map(({ key }) => key).toSorted(), [
      'key-0',
      'key-2',
    ])
    assert.deepEqual(await store().requestsAt(id, []), [])
  })

  test('a preference of two sides and a record is one, and can be taken back', async () => {
    const id = fresh()
    const sides = { a: `${id}-a`, b: `${id}-b` }
    await store().prefer(sides, 'k0', 'a', 1)
    await store().prefer(sides, 'k1', 'tie', 2)
    await store().prefer(sides, 'k0', 'b', 3)
    await store().prefer({ a: sides.a, b: `${id}-c` }, 'k0', 'bad', 4)
    assert.deepEqual(await store().preferenceCounts(sides), { a: 0, b: 1, tie: 1, bad: 0 })
    assert.deepEqual(
      await store().preferences(sides, ['k0', 'k1', 'k2']),
      new Map([
        ['k0', 'b'],
        ['k1', 'tie'],
      ]),
    )
    await store().prefer(sides, 'k1', null, 5)
    assert.deepEqual(await store().preferenceCounts(sides), { a: 0, b: 1, tie: 0, bad: 0 })
    assert.deepEqual(await store().preferences(sides, []), new Map())
  })

  test('what became of records is told over the runs of a job, the newest of them first', async () => {
    const [one, two] = [fresh(), fresh()]
    await answered(store(), one)
    await store().changeRun(one, ['building'], { liveKey: null })
    await store().startRun({ ...newRun(two, null, `job-${one}`), now: 9_000 })
    const claim = await claimRun(store(), two, 10_000)
    await store().commitBuilt(claim, built(0, [newRequest(0, null, { key: 'key-2', outcome: 'oversize' })]))
    await store().markDone(`job-${one}`, 'key-9', 'print-9', 7_000)
    const recordStates = await store().recordStates(`job-${one}`, ['key-0', 'key-2', 'key-9', 'key-10'])
    assert.deepEqual(recordStates.get('key-0'), { done: null, asked: 'merged' })
    assert.deepEqual(recordStates.get('key-2'), { done: null, asked: 'oversize' })
    assert.deepEqual(recordStates.get('key-9'), {
      done: { fingerprint: 'print-9', outcome: null },
      asked: null,
    })
    assert.equal(recordStates.has('key-10'), false)
    assert.deepEqual(
      await store().recordStates(one, ['key-1']),
      new Map([['key-1', { done: { fingerprint: 'print-1', outcome: 'review' }, asked: null }]]),
    )
  })
}
