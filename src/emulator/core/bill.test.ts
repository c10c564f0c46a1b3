import { describe, expect, it } from 'vitest'
import { makeBill, lineCostPicoUsd } from './bill.ts'
import { makeHashSet } from './hash-set.ts'
import { findDeployment, findModel } from '../dialects/openai/models.ts'
import type { BatchRecord } from './records.ts'

describe('prices', () => {
  it('charges a batch line half of a synchronous call, in whole pico-dollars', () => {
    const model = findModel('gpt-4o-mini')
    if (!model) throw new Error('The model is missing.')
    const usage = { inputTokens: 1_000_000, outputTokens: 1_000_000 }
    expect(lineCostPicoUsd(model, usage, 'sync')).toBe(0.75 * 1e12)
    expect(lineCostPicoUsd(model, usage, 'batch')).toBe(0.375 * 1e12)
  })

  it('knows dated snapshots and Azure deployments by the longest name inside them', () => {
    expect(findModel('gpt-4o-mini-2024-07-18')?.name).toBe('gpt-4o-mini')
    expect(findModel('gpt-9')).toBeUndefined()
    const deployed = (name: string, deployments = {}): string | undefined =>
      findDeployment(name, deployments, 'chat')?.name
    expect(deployed('prod-GPT-4o-mini-batch')).toBe('gpt-4o-mini')
    expect(deployed('headnotes', { headnotes: 'gpt-4.1' })).toBe('gpt-4.1')
    expect(deployed('your-deployment-name')).toBe('gpt-4o-mini')
    expect(findDeployment('our-vectors', {}, 'embedding')?.name).toBe('text-embedding-3-small')
    expect(deployed('gpt-9-batch')).toBeUndefined()
    expect(deployed('no name of a deployment')).toBeUndefined()
  })
})

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
      endpoint: '/v1/chat/completions',
      inputFileId: 'f',
      completionWindow: '24h',
      metadata: null,
      maker: { key: 'k', organization: null, project: null },
      outputExpiresSeconds: null,
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
