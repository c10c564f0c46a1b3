import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Mistral } from '@mistralai/mistralai'
import type { BatchJob } from '@mistralai/mistralai/models/components/batchjob.js'
import { describe, expect, it } from 'vitest'
import { type Emulator, startEmulator } from '../../../src/emulator/index.ts'
import { fastSpeed, startFast } from '../emulator-kit.ts'
import { type ResultLine, ended, lines, linesOf, mistral, refusal, resultsOf, submit } from './mistral-kit.ts'

interface Played extends AsyncDisposable {
  readonly emulator: Emulator
  readonly client: Mistral
  readonly job: BatchJob
  readonly results: readonly ResultLine[]
}

/** A job of twenty requests that has ended in an emulator that plays scenarios. */
async function play(...scenarios: readonly string[]): Promise<Played> {
  const emulator = await startFast({ scenarios })
  try {
    const client = mistral(emulator)
    const job = await ended(client, (await submit(client, lines(20))).id)
    const results = await linesOf(client, job)
    return { emulator, client, job, results, [Symbol.asyncDispose]: () => emulator.close() }
  } catch (error) {
    await emulator.close()
    throw error
  }
}

function kindsOf(results: readonly ResultLine[]): Readonly<Record<string, number>> {
  const kinds = new Map<string, number>()
  for (const { response } of results) {
    const kind = String(response.status_code)
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
  }
  return Object.fromEntries(kinds)
}

describe('`mistral-timeout`', () => {
  it('leaves what has run in the output file, and no line of the rest', async () => {
    await using played = await play('mistral-timeout')
    expect(played.job).toMatchObject({
      status: 'TIMEOUT_EXCEEDED',
      totalRequests: 20,
      completedRequests: 10,
      succeededRequests: 10,
      failedRequests: 0,
      errorFile: null,
    })
    expect(kindsOf(played.results)).toEqual({ 200: 10 })
    expect(played.emulator.bill().requests).toBe(10)
  })

  it('leaves nothing where it is told so, and bills what has run', async () => {
    await using played = await play('mistral-timeout:keeps=nothing')
    expect(played.job).toMatchObject({ status: 'TIMEOUT_EXCEEDED', outputFile: null, errorFile: null })
    const { data } = await played.client.files.list()
    expect(data.map(({ source }) => source)).toEqual(['upload'])
    expect(played.emulator.bill().requests).toBe(10)
  })

  it('comes by itself when the hours of a job are over', async () => {
    await using emulator = await startEmulator({ scenarios: ['stuck-in-progress'] })
    const client = mistral(emulator)
    const { id } = await submit(client, lines(2), { timeoutHours: 2 })
    emulator.advanceClock(2 * 3_600_000 + 60_000)
    expect((await ended(client, id)).status).toBe('TIMEOUT_EXCEEDED')
  })
})

describe('scenarios of every service, at Mistral', () => {
  it.each([
    ['all-failed', { 500: 20 }],
    ['line-5xx:every=4,status=429', { 200: 15, 429: 5 }],
    ['missing-lines:every=4', { 200: 15 }],
    ['duplicate-lines:every=4', { 200: 25 }],
    ['unknown-custom-id', { 200: 21 }],
    ['outcome:every=4,of=server_error', { 200: 15, 500: 5 }],
  ])('plays %s', async (scenario, kinds) => {
    await using played = await play(scenario)
    expect(kindsOf(played.results)).toEqual(kinds)
  })

  it('groups what went wrong, with counts', async () => {
    await using played = await play('line-5xx:every=4,status=429')
    expect(played.job.errors).toEqual([{ message: 'Rate limit exceeded', count: 5 }])
    expect(await resultsOf(played.client, played.job.errorFile)).toHaveLength(5)
  })

  it('loses the answer to a create that was done, which its metadata finds', async () => {
    await using emulator = await startFast({ scenarios: ['lost-create'] })
    const client = mistral(emulator)
    await expect(submit(client, lines(1), { metadata: { offpeak: 'nonce' } })).rejects.toThrow()
    const found = await client.batch.jobs.list({ metadata: { offpeak: 'nonce' } })
    expect(found.total).toBe(1)
  })

  it('words a fault in its own way', async () => {
    await using emulator = await startFast({ scenarios: ['server-errors'] })
    const refused = await refusal(mistral(emulator).batch.jobs.list())
    expect(refused).toEqual({ status: 503, body: { detail: 'Fault: status 503.' } })
  })

  it('goes on after a restart', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'emulator-mistral-'))
    try {
      const first = await startEmulator({ dataDir, speed: 1 })
      const { id } = await submit(mistral(first), lines(20), { metadata: { a: 'b' } })
      await first.close()
      await using second = await startEmulator({ dataDir, speed: fastSpeed })
      const client = mistral(second)
      const job = await ended(client, id)
      expect(job).toMatchObject({ status: 'SUCCESS', metadata: { a: 'b' } })
      expect(kindsOf(await linesOf(client, job))).toEqual({ 200: 20 })
      expect(second.bill().requests).toBe(20)
    } finally {
      await rm(dataDir, { recursive: true, force: true })
    }
  })
})
