import OpenAI, { APIConnectionError } from 'openai'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Emulator, FaultAction } from '../../src/emulator/index.ts'
import { openai, refusal, startFast } from './emulator-kit.ts'

let emulator: Emulator
let client: OpenAI
beforeEach(async () => {
  emulator = await startFast()
  client = openai(emulator)
})
afterEach(async () => {
  await emulator.close()
})

async function ask(text: string, more: object = {}): Promise<OpenAI.ChatCompletion> {
  return client.chat.completions.create({
    model: 'gpt-5.1',
    messages: [{ role: 'user', content: text }],
    ...more,
  })
}

function fault(when: 'before' | 'after', action: FaultAction): void {
  emulator.addFault({ operation: 'chat.completions', when, action })
}

describe('synchronous calls', () => {
  it('answer the same in the flex tier, for half of the price', async () => {
    const standard = await ask('Hello, how is the sea?')
    const full = emulator.bill().cost_micro_usd
    const flex = await ask('Hello, how is the sea?', { service_tier: 'flex' })
    expect(emulator.bill().cost_micro_usd - full).toBeCloseTo(full / 2, -1)
    expect(flex.choices).toEqual(standard.choices)
    expect([standard.service_tier, flex.service_tier]).toEqual(['default', 'flex'])
    expect(emulator.bill(), 'the tier is no part of what is asked').toMatchObject({ duplicate_requests: 1 })
  })

  it('refuse the flex tier for a model that does not have it', async () => {
    expect(await refusal(ask('Hello', { model: 'gpt-4o-mini', service_tier: 'flex' }))).toMatchObject({
      status: 400,
    })
    expect(emulator.bill().requests).toBe(0)
  })

  it('cost nothing when they are turned away or never arrive, and all of it when the answer is lost', async () => {
    fault('before', { type: 'status', status: 429, headers: { 'retry-after': '3' } })
    expect(await refusal(ask('one'))).toMatchObject({ status: 429 })
    fault('before', { type: 'drop' })
    await expect(ask('two')).rejects.toBeInstanceOf(APIConnectionError)
    expect(emulator.bill().requests).toBe(0)
    fault('after', { type: 'drop' })
    await expect(ask('three')).rejects.toBeInstanceOf(APIConnectionError)
    expect(emulator.bill()).toMatchObject({ synchronous_requests: 1, duplicate_requests: 0 })
    fault('after', { type: 'truncate', bytes: 20 })
    await expect(ask('four')).rejects.toThrow()
    expect(emulator.bill().synchronous_requests).toBe(2)
  })

  it('come late when they are told to', async () => {
    fault('after', { type: 'hang', ms: 50 })
    expect((await ask('five')).choices).toHaveLength(1)
    fault('after', { type: 'slow', bytesPerSecond: 20_000 })
    expect((await ask('six')).choices).toHaveLength(1)
  })
})
