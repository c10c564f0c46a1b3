import { describe, expect, it } from 'vitest'
import { makeBill } from './bill.ts'
import { makeHashSet } from './hash-set.ts'
import type { BatchRecord } from './records.ts'

describe('the bill', () => {
  it('adds batches and synchronous calls without losing fractions of a micro-dollar', () => {
    const bill = makeBill()
    for (let i = 0; i < 10; i += 1)
      bill.addSync({ hash: '0123456789abcdef', duplicate: i > 0, costPicoUsd: 150_000 })
    const settlement = {
      completed: 2,
      failed: 0,
      usage: { inputTokens: 1, outputTokens: 1 },
      billedRequests: 2,
      duplicateRequests: 1,
      costPicoUsd: 500_000,
      outputLines: 0,
      outputFileId: null,
      errorFileId: null,
      failedOnce: [],
    }
    const batch: BatchRecord = {
      id: 'batch_1',
      profile: 'openai',
      details: {},
      metadata: null,
      maker: { key: 'k', organization: null, project: null },
      scenarios: [],
      listedAtRealMs: 0,
      status: 'completed',
      createdAtMs: 0,
      expiresAtMs: 0,
      times: {},
      model: 'gpt-4o-mini',
      total: 2,
      enqueuedTokens: 0,
      errors: null,
      settlement,
    }
    expect(bill.report([batch, { ...batch, id: 'batch_2', settlement: null }])).toMatchObject({
      batches: 1,
      requests: 12,
      duplicate_requests: 10,
      cost_micro_usd: 2,
    })
  })

  it('notices bodies that were paid before', () => {
    const bill = makeBill()
    expect(bill.notePaid(Uint32Array.from([1, 2, 3, 4, 1, 2]))).toBe(1)
    expect(bill.notePaidHex('0000000300000004ffff')).toBe(true)
    expect(bill.notePaidHex('0000000300000005ffff')).toBe(false)
  })
})

describe('the hash set', () => {
  it('behaves as a set while it grows', () => {
    const set = makeHashSet()
    for (let i = 0; i < 20_000; i += 1) expect(set.add(i % 7, Math.imul(i, 2_654_435_761))).toBe(false)
    for (let i = 0; i < 20_000; i += 1) expect(set.add(i % 7, Math.imul(i, 2_654_435_761))).toBe(true)
    expect(set.add(0, 0)).toBe(true)
    expect(set.size).toBe(20_000)
  })
})
