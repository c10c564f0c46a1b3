import assert from 'node:assert/strict'
import { contains, matches } from '../assertions.ts'
import type { Runner } from '../runner.ts'
import type { Store } from '../../ports/store.ts'
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

/** The suite of queries about requests. */
export function describeRequests({ test }: Runner, store: () => Store): void {
  test('pages go through all that match, however little of the run each may visit', async () => {
    const id = await mixedRun(store())
    const all = await store().requests(id, {})
    for (const filter of [
      {},
      { outcomes: ['oversize'] },
      { outcomes: ['oversize', 'pending'] },
      { outcomes: ['pending'], batchN: 1 },
      { outcomes: ['oversize'], reason: 'IS 50%' },
      { outcomes: ['oversize'], exactReason: 'odd_one' },
      { batchN: 0 },
      { batchN: 7 },
    ] as const) {
      const expected = all.filter(
        ({ outcome, reason, batchN }) =>
          (!('outcomes' in filter) || filter.outcomes.some((wanted) => wanted === outcome)) &&
          (!('batchN' in filter) || batchN === filter.batchN) &&
          (!('reason' in filter) || (reason ?? '').includes('is 50%')) &&
          (!('exactReason' in filter) || reason === filter.exactReason),
      )
      const found: string[] = []
      for (let after: number | null = null; ;) {
        const page = await store().requestPage(id, filter, { after, limit: 4, visit: 5 })
        assert.ok(page.rows.length <= 4)
        found.push(...page.rows.map(({ key }) => key))
        if (page.next === null) break
        after = page.next
      }
      assert.deepEqual(
        found,
        expected.map(({ key }) => key),
      )
      assert.equal(await store().countRequests(id, filter, 1_000), expected.length)
    }
    assert.equal(await store().countRequests(id, { outcomes: ['pending'] }, 5), null)
  })

  test('the beginning of a key finds records in the order of their keys', async () => {
    const id = await mixedRun(store())
    const first = await store().requestPage(id, { keyPrefix: 'key-1' }, { after: null, limit: 3, visit: 100 })
    assert.deepEqual(
      first.rows.map(({ key }) => key),
      ['key-1', 'key-10', 'key-11'],
    )
    const next = await store().requestPage(
      id,
      { keyPrefix: 'key-1', outcomes: ['oversize'] },
      { after: first.next, limit: 50, visit: 100 },
    )
    assert.deepEqual(
      next.rows.map(({ key }) => key),
      ['key-12', 'key-15', 'key-18'],
    )
    assert.equal(next.next, null)
    assert.equal(await store().countRequests(id, { keyPrefix: 'key-1' }, 100), 11)
    assert.deepEqual(
      (await store().requestPage(id, { keyPrefix: 'KEY' }, { after: null, limit: 3, visit: 9 })).rows,
      [],
    )
    const odd = await store().requestPage(id, { keyPrefix: 'ü%' }, { after: null, limit: 3, visit: 9 })
    assert.deepEqual(
      odd.rows.map(({ key }) => key),
      ['ü%/1'],
    )
  })

  test('a record has neighbours in the order of the source', async () => {
    const id = await mixedRun(store())
    assert.deepEqual(await store().neighbours(id, 0), { previous: null, next: 'key-1' })
    assert.deepEqual(await store().neighbours(id, 5), { previous: 'key-4', next: 'key-6' })
    assert.deepEqual(await store().neighbours(id, 24), { previous: 'key-23', next: null })
  })

  test('groups name the first few of their records', async () => {
    const id = await mixedRun(store())
    const groups = await store().requestGroups(id)
    contains(groups, {
      outcome: 'oversize',
      reason: 'this is 50% more',
      count: 8,
      examples: ['key-0', 'key-3', 'key-6'],
    })
    contains(groups, { outcome: 'oversize', reason: 'odd_one', count: 1, examples: ['ü%/1'] })
  })

  test('what the rules send again is counted with the records that follow it, and what is used up is not', async () => {
    const id = fresh()
    const [attemptId = 0] = await runWith(store(), id, [
      [
        newRequest(0, 0),
        newRequest(1, 0),
        newRequest(2, 0, { line: null, deduplicatedInto: 1, fingerprint: 'print-1' }),
        newRequest(3, 0),
      ],
    ])
    await store().commitMerged({
      runId: id,
      batchN: 0,
      job: `job-${id}`,
      now: 5_000,
      requests: [answer(0, 'truncated'), answer(1, 'invalid'), answer(2, 'invalid'), answer(3, 'expired')],
      counts: { truncated: 1, invalid: 2, expired: 1 },
      usage: {},
      accounting: {},
      claim: await claimAttempt(store(), attemptId),
      mergedBytes: 9,
    })
    const rule = { maxTries: 2, ruled: 'all', onlyChosen: false } as const
    assert.deepEqual(await store().retryingIn(id, [0], rule), new Map([[0, 3]]))
    assert.deepEqual(await store().retryingIn(id, [0], { ...rule, ruled: 'others' }), new Map([[0, 2]]))
    assert.deepEqual(await store().retryingIn(id, [0], { ...rule, maxTries: 1 }), new Map([[0, 1]]))
    assert.deepEqual(await store().retryingIn(id, [], rule), new Map())
    matches(await store().retryingGroups(id, { ...rule, maxTries: 1 }), [{ outcome: 'expired', count: 1 }])
    await store().markAgain(id, { outcomes: ['truncated'] }, null)
    assert.deepEqual(await store().retryingIn(id, [0], rule), new Map([[0, 4]]))
    const chosen = { ...rule, onlyChosen: true }
    assert.deepEqual(await store().retryingIn(id, [0], chosen), new Map([[0, 1]]))
  })

  test('records that a later run has answered are rescued in the run that asked first, once', async () => {
    const [first, later] = [fresh(), fresh()]
    const job = `job-${first}`
    const [one = 0] = await runWith(store(), first, [
      [newRequest(0, 0), newRequest(1, 0)],
      [newRequest(2, null, { outcome: 'unrenderable', reason: 'no text' })],
    ])
    await store().commitMerged({
      runId: first,
      batchN: 0,
      job,
      now: 5_000,
      requests: [answer(0, 'truncated'), answer(1, 'invalid')],
      counts: { truncated: 1, invalid: 1 },
      usage: {},
      accounting: {},
      claim: await claimAttempt(store(), one),
      mergedBytes: 9,
    })
    assert.equal(await store().markRescued(first, ['truncated', 'invalid'], 10), 0)
    await store().changeRun(first, ['building', 'running'], { state: 'done', liveKey: null })
    assert.equal(await store().markRescued(first, ['truncated', 'invalid'], 10), 0)
    await store().startRun({ ...newRun(later, null, job), now: 9_000 })
    await store().commitBuilt(await claimRun(store(), later), built(0, [newRequest(0, 0)]))
    const [attempt] = await store().attempts(later)
    await store().commitMerged({
      runId: later,
      batchN: 0,
      job,
      now: 9_500,
      requests: [answer(0, 'merged')],
      counts: { merged: 1 },
      usage: {},
      accounting: {},
      claim: await claimAttempt(store(), attempt?.id ?? 0),
      mergedBytes: 9,
    })
    assert.equal(await store().markRescued(first, ['truncated', 'invalid'], 10), 1)
    assert.equal(await store().markRescued(first, ['truncated', 'invalid'], 10), 0)
    matches(await store().request(first, 'key-0'), {
      outcome: 'rescued',
      reason: `was truncated; run ${later} has the answer`,
    })
    const [batch] = await store().batches(first)
    matches(JSON.parse(batch?.counts ?? ''), { invalid: 1, rescued: 1, truncated: 0 })
  })

  test('what was sent and lost is told by key, of the runs of a job, and not what was left out for it', async () => {
    const id = fresh()
    const job = `job-${id}`
    const [attemptId = 0] = await runWith(store(), id, [
      [
        newRequest(0, 0),
        newRequest(1, 0),
        newRequest(2, 0, { line: null, deduplicatedInto: 1, fingerprint: 'print-1' }),
        newRequest(3, null, { outcome: 'lost', reason: 'an earlier run may have paid for it' }),
      ],
    ])
    assert.deepEqual(await store().runsThatEnded(job, ['lost'], false), [])
    const before = await store().commitMerged({
      runId: id,
      batchN: 0,
      job,
      now: 5_000,
      requests: [answer(0, 'merged'), answer(1, 'lost'), answer(2, 'lost')],
      counts: { merged: 1, lost: 2 },
      usage: { costPicoUsd: 5 },
      accounting: { lines: 2 },
      claim: await claimAttempt(store(), attemptId),
      mergedBytes: 9,
    })
    assert.deepEqual(before, {
      usage: { costPicoUsd: 5 },
      accounting: { lines: 2 },
    })
    assert.deepEqual(await store().runsThatEnded(job, ['lost'], false), [{ run: id, requests: 2 }])
    assert.deepEqual(await store().runsThatEnded('another job', ['lost'], false), [])
    const keys = ['key-0', 'key-1', 'key-2', 'key-3', 'nobody']
    assert.deepEqual(
      (await store().endedIn([id], keys, ['lost'])).toSorted((one, other) => (one.key < other.key ? -1 : 1)),
      [
        { key: 'key-1', fingerprint: 'print-1', runId: id, outcome: 'lost' },
        { key: 'key-2', fingerprint: 'print-1', runId: id, outcome: 'lost' },
      ],
    )
    assert.deepEqual(await store().endedIn([], keys, ['lost']), [])
    assert.deepEqual(await store().endedIn([id], [], ['lost']), [])
  })

  test('what an earlier try came to is kept when a request goes into a new file', async () => {
    const id = fresh()
    const [attemptId = 0] = await runWith(store(), id, [[newRequest(0, 0), newRequest(1, 0, { line: 1 })]])
    const claim = await claimAttempt(store(), attemptId)
    await store().commitMerged({
      runId: id,
      batchN: 0,
      job: id,
      now: 5_000,
      requests: [answer(0, 'merged'), answer(1, 'invalid')],
      counts: { merged: 1, invalid: 1 },
      usage: {},
      accounting: {},
      claim,
      mergedBytes: 9,
    })
    assert.deepEqual(await store().pastTries(id, 1), [])
    const moved = { seq: 1, line: 0, fileOffset: 0, fileLength: 1, rowOffset: null, rowLength: null }
    await store().commitRetry(await claimRun(store(), id, 20_000), {
      batch: { ...required(built(1, []).batch), round: 1, requests: 1 },
      requests: [moved],
      nonce: 'again',
      now: 20_000,
      fallbackRows: 0,
      nextBatch: 2,
      round: 1,
    })
    assert.deepEqual(await store().pastTries(id, 1), [
      {
        runId: id,
        seq: 1,
        n: 1,
        batchN: 0,
        attemptId,
        line: 1,
        outcome: 'invalid',
        reason: 'why',
        answerFile: 'a',
        answerOffset: 0,
        answerLength: 1,
        inputTokens: 1,
        outputTokens: 1,
        costPicoUsd: 5,
        scorePermille: null,
        fileTag: 'tag0',
        fileOffset: 0,
        fileLength: 10,
        rowOffset: null,
        rowLength: null,
      },
    ])
    assert.deepEqual(await store().pastTries(id, 0), [])
    matches(await store().request(id, 'key-1'), {
      tries: 2,
      outcome: 'pending',
      attemptId: null,
      answerFile: null,
      costPicoUsd: null,
    })
  })
}

/** 25 records: every third is too large, the others are in two files; the last has a key and a reason of its own. */
async function mixedRun(store: Store): Promise<string> {
  const id = fresh()
  await store.startRun(newRun(id))
  const claim = await claimRun(store, id)
  const requests = Array.from({ length: 24 }, (_request, seq) =>
    seq % 3 === 0
      ? newRequest(seq, null, { outcome: 'oversize', reason: 'this is 50% more' })
      : newRequest(seq, seq < 12 ? 0 : 1),
  )
  const last = newRequest(24, null, { key: 'ü%/1', outcome: 'oversize', reason: 'odd_one' })
  await store.commitBuilt(claim, built(0, requests.slice(0, 12)))
  await store.commitBuilt(claim, built(1, [...requests.slice(12), last]))
  return id
}
