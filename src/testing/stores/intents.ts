import assert from 'node:assert/strict'
import { matches } from '../assertions.ts'
import type { Runner } from '../runner.ts'
import type { Intent } from '../../domain/intent.ts'
import type { Store } from '../../ports/store.ts'
import { claimAttempt, fresh, newRequest, required, reservation, runWith } from './fixtures.ts'

function intent(job: string, nonce: string, changes: Partial<Intent> = {}): Intent {
  return {
    number: 1,
    projectId: 'l',
    runId: 'lost',
    job,
    batchN: 0,
    attemptId: 1,
    nonce: `${job}-${nonce}`,
    tag: 'tag',
    inputHash: `${job}-content`,
    deliveryMode: 'batch',
    filename: null,
    staged: null,
    account: 'a',
    requests: 1,
    maxCostMicroUsd: 500,
    at: 7,
    ...changes,
  }
}

/** The suite of tries to send a file that the state did not know. */
export function describeIntents({ test }: Runner, store: () => Store): void {
  const forty = async (id: string, capMicroUsd: number): Promise<readonly number[]> => {
    const files = Array.from({ length: 40 }, (_file, n) => [newRequest(n, n, { line: 0 })])
    return runWith(store(), id, files, capMicroUsd)
  }

  test('forty intents that are taken at once hold no more than the cap, and the others are short', async () => {
    const id = fresh()
    const ids = await forty(id, 2_600)
    const intents = ids.map((_id, n) => intent(id, String(n), { inputHash: `${id}-${n}` }))
    assert.equal(await store().keepIntents(intents), 40)
    const { budgets, amountMicroUsd, quotaKey, tokens, job } = reservation(id)
    const results = await Promise.all(
      ids.map(async (attempt, n) =>
        store().takeIntent(await claimAttempt(store(), attempt), {
          intent: intents[n] ?? intent(id, ''),
          to: 'in_doubt',
          reason: 'sent before',
          reservation: { budgets, amountMicroUsd, quotaKey, tokens, job },
          now: 9,
        }),
      ),
    )
    assert.equal(results.filter((result) => result === 'taken').length, 5)
    assert.equal(results.filter((result) => result === 'short').length, 35)
    matches(await store().budget(`run:${id}`), { reservedMicroUsd: 2_500 })
    assert.equal((await store().unknownIntents(id)).length, 35)
  })

  test('projects that are taken over are ours besides the own one, once each', async () => {
    const [first, second] = [fresh(), fresh()]
    await store().adoptProject(first)
    await store().adoptProject(second)
    await store().adoptProject(first)
    const ids = [...(await store().ownIds())]
    assert.deepEqual(
      ids.filter((id) => [store().projectId, first, second].includes(id)),
      [store().projectId, first, second],
    )
  })

  test('a job has sent something with an account once a file of it was about to be sent so, and not before', async () => {
    const id = fresh()
    const [attempt = 0] = await runWith(store(), id, [[newRequest(0, 0, { line: 0 })]], 2_600)
    assert.equal(await store().hasSent(`job-${id}`, 'a'), false)
    await store().saveAttempt(await claimAttempt(store(), attempt), { triedAt: 5, account: 'a' })
    assert.equal(await store().hasSent(`job-${id}`, 'a'), true)
    assert.equal(await store().hasSent(`job-${id}`, 'another'), false)
  })

  test('others of the same content become twins of the one that is taken, which the end of the run closes', async () => {
    const id = fresh()
    const [attemptId = 0] = await runWith(store(), id, [[newRequest(0, 0)]], 5_000)
    await store().keepIntents([intent(id, 'a'), intent(id, 'b'), intent(id, 'c', { inputHash: 'other' })])
    const { budgets, amountMicroUsd, quotaKey, tokens, job } = reservation(id)
    const taken = {
      to: 'in_doubt',
      reason: 'sent before',
      reservation: { budgets, amountMicroUsd, quotaKey, tokens, job },
    } as const
    const claim = await claimAttempt(store(), attemptId)
    assert.equal(await store().takeIntent(claim, { ...taken, intent: intent(id, 'a'), now: 9 }), 'taken')
    assert.equal(await store().takeIntent(claim, { ...taken, intent: intent(id, 'a'), now: 9 }), 'gone')
    matches(await store().unknownIntents(id), [
      { nonce: `${id}-b`, status: 'twin', takenBy: attemptId },
      { nonce: `${id}-c`, status: 'open', takenBy: null },
    ])
    await store().closeTwins(id)
    assert.equal(await store().intentStatus(`${id}-b`), 'closed')
    await store().closeIntents([`${id}-a`, `${id}-c`])
    assert.equal(await store().intentStatus(`${id}-a`), 'taken')
    assert.equal(await store().intentStatus(`${id}-c`), 'closed')
  })

  test('an intent whose job is not known may be of any, until more is known of it', async () => {
    const id = fresh()
    assert.equal(await store().keepIntents([intent('', id, { inputHash: '' })]), 1)
    const nonces = async (job: string): Promise<readonly string[]> =>
      (await store().unknownIntents(job)).map(({ nonce }) => nonce)
    assert.ok((await nonces(`any-${id}`)).includes(`-${id}`))
    assert.equal(await store().keepIntents([intent(id, 'x', { nonce: `-${id}` })]), 1)
    assert.equal(await store().keepIntents([intent(id, 'x', { nonce: `-${id}` })]), 0)
    assert.ok(!(await nonces(`any-${id}`)).includes(`-${id}`))
    assert.deepEqual(await nonces(id), [`-${id}`])
  })

  test('a try that a list told of first is its own once its note is found beside the state', async () => {
    const id = fresh()
    await store().keepIntents([intent(id, 'a', { number: 0 })])
    assert.equal(await store().isOfAnotherCopy(`${id}-a`), true)
    await store().keepIntents([intent(id, 'a', { number: 3, filename: 'a.jsonl' })])
    await store().keepIntents([intent(id, 'a', { number: 0 })])
    assert.equal(await store().isOfAnotherCopy(`${id}-a`), false)
    matches(await store().unknownIntents(id), [{ nonce: `${id}-a`, number: 3, filename: 'a.jsonl' }])
  })

  test('a run tells once that it meets what was sent before', async () => {
    const id = fresh()
    await runWith(store(), id, [[newRequest(0, 0)]], 1_000)
    await store().tellEarlier(id, 5, { batches: 1 })
    await store().tellEarlier(id, 6, { batches: 2 })
    const told = (await store().events(id, 0, 100)).filter(({ kind }) => kind === 'state.older')
    matches(told, [{ at: 5, data: '{"batches":1}' }])
  })

  test('a state knows what was sent until the last batch of the account, else since its own beginning', async () => {
    const id = fresh()
    const before = required(await store().knownUntil({ id, createdAt: Date.now() }, `account-${id}`))
    assert.ok(before > Date.now() - 3_600_000)
    assert.ok(before <= Date.now())
    const [attemptId = 0] = await runWith(store(), id, [[newRequest(0, 0)]], 1_000)
    const claim = await claimAttempt(store(), attemptId)
    await store().reserve(claim, reservation(id))
    await store().move(claim, 'uploading', {})
    await store().move(claim, 'uploaded', { staged: 'file' })
    await store().move(claim, 'creating', { triedAt: 77 })
    await store().recordCreated(attemptId, required(await store().attempt(attemptId)).nonce, {
      providerBatchId: `batch-${id}`,
      account: `account-${id}`,
      expiresAt: null,
      nextAt: null,
    })
    assert.equal(await store().knownUntil({ id: 'another', createdAt: 100 }, `account-${id}`), 77)
  })
}
