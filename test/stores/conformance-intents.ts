import { expect, test } from 'vitest'
import type { Intent } from '../../src/domain/intent.ts'
import type { Store } from '../../src/ports/store.ts'
import { claimAttempt, fresh, newRequest, required, reservation, runWith } from './fixtures.ts'

function intent(job: string, nonce: string, changes: Partial<Intent> = {}): Intent {
  return {
    number: 1,
    lineage: 'l',
    runId: 'lost',
    job,
    batchN: 0,
    attemptId: 1,
    nonce: `${job}-${nonce}`,
    tag: 'tag',
    inputHash: `${job}-content`,
    lane: 'batch',
    filename: null,
    fileId: null,
    account: 'a',
    requests: 1,
    maxCostMicroUsd: 500,
    at: 7,
    ...changes,
  }
}

/** Tries to send a file that the state did not know. */
export function describeIntents(store: () => Store): void {
  const forty = async (id: string, capMicroUsd: number): Promise<readonly number[]> => {
    const files = Array.from({ length: 40 }, (_file, n) => [newRequest(n, n, { line: 0 })])
    return runWith(store(), id, files, capMicroUsd)
  }

  test('forty intents that are taken at once hold no more than the cap, and the others are short', async () => {
    const id = fresh()
    const ids = await forty(id, 2_600)
    const intents = ids.map((_id, n) => intent(id, String(n), { inputHash: `${id}-${n}` }))
    expect(await store().keepIntents(intents)).toBe(40)
    const { budgets, amountMicroUsd, quotaKey, tokens, job } = reservation(id)
    const results = await Promise.all(
      ids.map(async (attempt, n) =>
        store().takeIntent(await claimAttempt(store(), attempt), {
          intent: intents[n] ?? intent(id, ''),
          to: 'in_doubt',
          reservation: { budgets, amountMicroUsd, quotaKey, tokens, job },
          now: 9,
        }),
      ),
    )
    expect(results.filter((result) => result === 'taken')).toHaveLength(5)
    expect(results.filter((result) => result === 'short')).toHaveLength(35)
    expect(await store().budget(`run:${id}`)).toMatchObject({ reservedMicroUsd: 2_500 })
    expect(await store().unknownIntents(id)).toHaveLength(35)
  })

  test('others of the same content become twins of the one that is taken, which the end of the run closes', async () => {
    const id = fresh()
    const [attemptId = 0] = await runWith(store(), id, [[newRequest(0, 0)]], 5_000)
    await store().keepIntents([intent(id, 'a'), intent(id, 'b'), intent(id, 'c', { inputHash: 'other' })])
    const { budgets, amountMicroUsd, quotaKey, tokens, job } = reservation(id)
    const taken = { to: 'in_doubt', reservation: { budgets, amountMicroUsd, quotaKey, tokens, job } } as const
    const claim = await claimAttempt(store(), attemptId)
    expect(await store().takeIntent(claim, { ...taken, intent: intent(id, 'a'), now: 9 })).toBe('taken')
    expect(await store().takeIntent(claim, { ...taken, intent: intent(id, 'a'), now: 9 })).toBe('gone')
    expect(await store().unknownIntents(id)).toMatchObject([
      { nonce: `${id}-b`, fate: 'twin', takenBy: attemptId },
      { nonce: `${id}-c`, fate: 'open', takenBy: null },
    ])
    await store().closeTwins(id)
    expect(await store().intentStatus(`${id}-b`)).toBe('closed')
    await store().closeIntents([`${id}-a`, `${id}-c`])
    expect(await store().intentStatus(`${id}-a`), 'what is taken stays so').toBe('taken')
    expect(await store().intentStatus(`${id}-c`)).toBe('closed')
  })

  test('an intent whose job is not known may be of any, until more is known of it', async () => {
    const id = fresh()
    expect(await store().keepIntents([intent('', id, { inputHash: '' })])).toBe(1)
    const nonces = async (job: string): Promise<readonly string[]> =>
      (await store().unknownIntents(job)).map(({ nonce }) => nonce)
    expect(await nonces(`any-${id}`)).toContain(`-${id}`)
    expect(await store().keepIntents([intent(id, 'x', { nonce: `-${id}` })])).toBe(1)
    expect(await store().keepIntents([intent(id, 'x', { nonce: `-${id}` })])).toBe(0)
    expect(await nonces(`any-${id}`)).not.toContain(`-${id}`)
    expect(await nonces(id)).toEqual([`-${id}`])
  })

  test('a run tells once that it meets what was sent before', async () => {
    const id = fresh()
    await runWith(store(), id, [[newRequest(0, 0)]], 1_000)
    await store().tellEarlier(id, 5, { batches: 1 })
    await store().tellEarlier(id, 6, { batches: 2 })
    const told = (await store().events(id, 0, 100)).filter(({ kind }) => kind === 'state.older')
    expect(told).toMatchObject([{ at: 5, data: '{"batches":1}' }])
  })

  test('a state knows what was sent until the last batch of the account, else since its own beginning', async () => {
    const id = fresh()
    const before = await store().knownUntil({ id, createdAt: Date.now() }, `account-${id}`)
    expect(before).toBeGreaterThan(Date.now() - 3_600_000)
    expect(before).toBeLessThanOrEqual(Date.now())
    const [attemptId = 0] = await runWith(store(), id, [[newRequest(0, 0)]], 1_000)
    const claim = await claimAttempt(store(), attemptId)
    await store().reserve(claim, reservation(id))
    await store().move(claim, 'uploading', {})
    await store().move(claim, 'uploaded', { fileId: 'file' })
    await store().move(claim, 'creating', { triedAt: 77 })
    await store().recordCreated(attemptId, required(await store().attempt(attemptId)).nonce, {
      providerBatchId: `batch-${id}`,
      account: `account-${id}`,
      expiresAt: null,
      nextAt: null,
    })
    expect(await store().knownUntil({ id: 'another', createdAt: 100 }, `account-${id}`)).toBe(77)
  })
}
