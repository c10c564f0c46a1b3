import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type Anthropic from '@anthropic-ai/sdk'
import { describe, expect, it } from 'vitest'
import { type Emulator, startEmulator } from '../../../src/emulator/index.ts'
import {
  type Result,
  anthropic,
  ended,
  kindsOf,
  messageOf,
  refusal,
  requests,
  resultsOf,
  textOf,
} from './anthropic-kit.ts'
import { fastSpeed, rawGet, startFast } from '../emulator-kit.ts'

interface Played extends AsyncDisposable {
  readonly emulator: Emulator
  readonly client: Anthropic
  readonly batch: Anthropic.Messages.MessageBatch
  readonly results: readonly Result[]
}

/** A batch of twenty requests that has ended in an emulator that plays scenarios. */
async function play(...scenarios: readonly string[]): Promise<Played> {
  const emulator = await startFast({ scenarios })
  try {
    const client = anthropic(emulator)
    const { id } = await client.messages.batches.create({ requests: requests(20) })
    const batch = await ended(client, id)
    const results = await resultsOf(client, id)
    return { emulator, client, batch, results, [Symbol.asyncDispose]: () => emulator.close() }
  } catch (error) {
    await emulator.close()
    throw error
  }
}

describe('scenarios of Anthropic', () => {
  it('`anthropic-404-after-create`: neither the batch nor its results are there at first, but the list has it', async () => {
    await using emulator = await startEmulator({ scenarios: ['anthropic-404-after-create'] })
    const client = anthropic(emulator)
    const { id } = await client.messages.batches.create({ requests: requests(1) })
    expect((await refusal(client.messages.batches.retrieve(id))).status).toBe(404)
    expect((await client.messages.batches.list()).data.map((batch) => batch.id)).toEqual([id])
    emulator.advanceClock(91_000)
    expect(await client.messages.batches.retrieve(id)).toMatchObject({ id })
  })

  it('`anthropic-late-400`: some requests are errored and not billed', async () => {
    await using played = await play('anthropic-late-400:every=5')
    expect(played.batch.request_counts).toMatchObject({ errored: 4, succeeded: 16 })
    expect(kindsOf(played.results)).toEqual({ errored: 4, succeeded: 16 })
    expect(played.emulator.bill().requests).toBe(16)
  })

  it('`anthropic-low-credit`: every request from some on says so', async () => {
    await using played = await play('anthropic-low-credit:after=3')
    expect(kindsOf(played.results)).toEqual({ errored: 17, succeeded: 3 })
    const errored = played.results.filter(({ result }) => result.type === 'errored')
    for (const line of errored) expect(JSON.stringify(line)).toContain('credit balance is too low')
    expect(played.emulator.bill().requests).toBe(3)
  })

  it('`thinking-eats-limit`: thoughts alone, billed to the limit', async () => {
    await using played = await play('thinking-eats-limit')
    const message = messageOf(played.results, 'record-3')
    expect(textOf(message)).toBe('')
    expect(message).toMatchObject({ stop_reason: 'max_tokens', usage: { output_tokens: 500 } })
    await using plain = await play()
    expect(played.emulator.bill().cost_micro_usd).toBeGreaterThan(plain.emulator.bill().cost_micro_usd)
  })

  it('`wrong-tier`: usage says standard, and the bill is twice as high', async () => {
    await using played = await play('wrong-tier')
    expect(messageOf(played.results, 'record-3').usage.service_tier).toBe('standard')
    await using plain = await play()
    expect(
      Math.abs(played.emulator.bill().cost_micro_usd - 2 * plain.emulator.bill().cost_micro_usd),
    ).toBeLessThan(3)
  })
})

describe('scenarios of every service, at Anthropic', () => {
  it('expires with half of its answers, and names each of the others', async () => {
    await using played = await play('expire-partial')
    expect(played.batch.request_counts).toEqual({
      processing: 0,
      succeeded: 10,
      errored: 0,
      canceled: 0,
      expired: 10,
    })
    expect(kindsOf(played.results)).toEqual({ succeeded: 10, expired: 10 })
    expect(played.emulator.bill().requests).toBe(10)
  })

  it('expires where it never began, and names every request', async () => {
    await using emulator = await startFast({ scenarios: ['stuck-validating', 'expire-all'] })
    const client = anthropic(emulator)
    const { id } = await client.messages.batches.create({ requests: requests(3) })
    expect((await ended(client, id)).request_counts.expired).toBe(3)
    expect(kindsOf(await resultsOf(client, id))).toEqual({ expired: 3 })
  })

  it.each([
    ['all-failed', { errored: 20 }],
    ['line-5xx:every=4,status=529', { errored: 5, succeeded: 15 }],
    ['missing-lines:every=4', { succeeded: 15 }],
    ['duplicate-lines:every=4', { succeeded: 25 }],
    ['unknown-custom-id', { succeeded: 21 }],
    ['outcome:every=4,of=server_error', { errored: 5, succeeded: 15 }],
  ])('plays %s', async (scenario, kinds) => {
    await using played = await play(scenario)
    expect(kindsOf(played.results)).toEqual(kinds)
  })

  it('counts what it left out, unless it is told to be honest', async () => {
    await using promised = await play('missing-lines:every=4')
    expect(promised.batch.request_counts.succeeded).toBe(20)
    await using honest = await play('missing-lines:every=4,counts=honest')
    expect(honest.batch.request_counts.succeeded).toBe(15)
  })

  it('loses the answer to a create that was done', async () => {
    await using emulator = await startFast({ scenarios: ['lost-create'] })
    const client = anthropic(emulator)
    await expect(client.messages.batches.create({ requests: requests(2) })).rejects.toThrow()
    expect((await client.messages.batches.list()).data).toHaveLength(1)
  })

  it('words a fault in its own way', async () => {
    await using emulator = await startFast({ scenarios: ['server-errors:status=529'] })
    expect(await refusal(anthropic(emulator).messages.batches.list())).toMatchObject({
      status: 529,
      type: 'overloaded_error',
    })
  })

  it('leaves scenarios of other services to these', async () => {
    await using played = await play('validation-fail@all', 'capital-status@all', 'value-envelope')
    expect(kindsOf(played.results)).toEqual({ succeeded: 20 })
    expect((await played.client.messages.batches.list()).data).toHaveLength(1)
  })

  it('lets results come down short', async () => {
    await using played = await play()
    played.emulator.play('short-download')
    const { id } = await played.client.messages.batches.create({ requests: requests(20) })
    await ended(played.client, id)
    const url = `${played.emulator.baseUrls['anthropic']}/v1/messages/batches/${id}/results`
    const headers = { 'x-api-key': 'k', 'anthropic-version': '2023-06-01' }
    const short = await rawGet(url, headers)
    const whole = await rawGet(url, headers)
    expect(short.status).toBe(200)
    expect(short.body.length).toBeLessThan(whole.body.length)
    expect(whole.headers['content-type']).toBe('application/x-jsonl')
  })
})

describe('batches of two services', () => {
  it('do not see each other, and stand in one state and on one bill', async () => {
    await using played = await play()
    const listed = await fetch(`${played.emulator.openaiBaseUrl}/batches`, {
      headers: { authorization: 'Bearer k' },
    })
    expect(await listed.json()).toMatchObject({ data: [] })
    expect(played.emulator.state().batches).toMatchObject([
      {
        id: played.batch.id,
        profile: 'anthropic',
        status: 'completed',
        request_counts: { total: 20, completed: 20, failed: 0 },
      },
    ])
  })

  it('go on after a restart', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'emulator-anthropic-'))
    try {
      const first = await startEmulator({ dataDir, speed: 1 })
      const { id } = await anthropic(first).messages.batches.create({ requests: requests(20) })
      await first.close()
      await using second = await startEmulator({ dataDir, speed: fastSpeed })
      const client = anthropic(second)
      expect((await ended(client, id)).request_counts.succeeded).toBe(20)
      expect(kindsOf(await resultsOf(client, id))).toEqual({ succeeded: 20 })
      expect(second.bill().requests).toBe(20)
    } finally {
      await rm(dataDir, { recursive: true, force: true })
    }
  })
})
