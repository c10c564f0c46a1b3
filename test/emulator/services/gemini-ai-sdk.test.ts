import { createGoogle } from '@ai-sdk/google'
import { describe, expect, it } from 'vitest'
import type { Emulator } from '../../../src/emulator/index.ts'
import { startFast } from '../emulator-kit.ts'
import { model, textAbout } from './gemini-kit.ts'

/** The AI SDK's batch client, whose authors ran it against the service: it knows nothing of Google's own. */
function batchOf(emulator: Emulator): ReturnType<ReturnType<typeof createGoogle>['experimental_batch']> {
  const google = createGoogle({ apiKey: 'k', baseURL: `${emulator.baseUrls['gemini']}/v1beta` })
  return google.experimental_batch()
}

type Requests = Parameters<ReturnType<typeof batchOf>['doStartBatch']>[0]['requests']

function requests(count: number, text: (index: number) => string = textAbout): Requests {
  return Array.from({ length: count }, (_value, index) => ({
    type: 'text' as const,
    id: `record-${index}`,
    modelId: model,
    options: { prompt: [{ role: 'user' as const, content: [{ type: 'text' as const, text: text(index) }] }] },
  }))
}

type Status = Awaited<ReturnType<ReturnType<typeof batchOf>['doGetBatchStatus']>>

async function settled(batch: ReturnType<typeof batchOf>, batchId: string): Promise<Status> {
  while (true) {
    const status = await batch.doGetBatchStatus({ batchId })
    if (status.status !== 'pending') return status
    await new Promise((resolve) => {
      setTimeout(resolve, 5)
    })
  }
}

describe("the AI SDK's batch client", () => {
  it('starts a batch with its requests, follows it and reads its results', async () => {
    await using emulator = await startFast()
    const batch = batchOf(emulator)
    const started = await batch.doStartBatch({ requests: requests(5) })
    expect(started).toMatchObject({ status: 'pending', rawStatus: 'BATCH_STATE_PENDING' })
    const status = await settled(batch, started.batchId)
    expect(status).toMatchObject({
      status: 'completed',
      rawStatus: 'BATCH_STATE_SUCCEEDED',
      requestCounts: { total: 5, completed: 5, failed: 0 },
    })
    const results = await Array.fromAsync(await batch.doGetBatchResults({ batchId: started.batchId }))
    expect(results.map(({ id, status: state }) => [id, state])).toEqual(
      requests(5).map(({ id }) => [id, 'succeeded']),
    )
    const first = results[0]
    expect(first).toMatchObject({
      type: 'text',
      result: {
        finishReason: { unified: 'stop' },
        usage: { outputTokens: { reasoning: 48 } },
        content: [{ type: 'text', text: expect.stringContaining('record 0') }],
      },
    })
  })

  it('uploads a file where the requests are too many for the call', async () => {
    await using emulator = await startFast()
    const batch = batchOf(emulator)
    const started = await batch.doStartBatch({
      requests: requests(3, (index) => `${textAbout(index)}${' word'.repeat(1_400_000)}`),
    })
    expect(started.providerMetadata?.['google']).toMatchObject({
      inputFileId: expect.stringMatching(/^files\//),
      inputFileExpiresAt: expect.any(String),
    })
    expect(await settled(batch, started.batchId)).toMatchObject({ status: 'completed' })
    const results = await Array.fromAsync(await batch.doGetBatchResults({ batchId: started.batchId }))
    expect(results.map(({ id, status }) => [id, status])).toEqual([
      ['record-0', 'failed'],
      ['record-1', 'failed'],
      ['record-2', 'failed'],
    ])
    expect(results[0]).toMatchObject({
      error: { code: '3', message: expect.stringContaining('token count') },
    })
  })

  it('pages through batches, and cancels one', async () => {
    await using emulator = await startFast({ scenarios: ['slow-day@all'] })
    const batch = batchOf(emulator)
    const made: string[] = []
    for (let i = 0; i < 3; i += 1) made.push((await batch.doStartBatch({ requests: requests(1) })).batchId)
    const first = await batch.doListBatches?.({ limit: 2 })
    expect(first?.batches.map(({ batchId }) => batchId)).toEqual(made.toReversed().slice(0, 2))
    const second = await batch.doListBatches?.({ limit: 2, cursor: first?.nextCursor ?? '' })
    expect(second?.batches.map(({ batchId }) => batchId)).toEqual(made.slice(0, 1))
    expect(second?.nextCursor).toBeUndefined()
    await batch.doCancelBatch?.({ batchId: made[0] ?? '' })
    expect(await settled(batch, made[0] ?? '')).toMatchObject({
      status: 'failed',
      rawStatus: 'BATCH_STATE_CANCELLED',
      error: { code: '1' },
    })
  })

  it('tells a blocked prompt and a cancelled line from a failed one', async () => {
    await using emulator = await startFast({ scenarios: ['gemini-line-cancelled:every=2'] })
    const batch = batchOf(emulator)
    const { batchId } = await batch.doStartBatch({
      requests: requests(4, (index) => (index === 1 ? '[[content_filter]] x' : '[[server_error]] x')),
    })
    await settled(batch, batchId)
    const results = await Array.fromAsync(await batch.doGetBatchResults({ batchId }))
    expect(results).toMatchObject([
      { status: 'cancelled' },
      { status: 'failed', error: { code: 'prompt_blocked', type: 'PROHIBITED_CONTENT' } },
      { status: 'cancelled' },
      { status: 'failed', error: { code: '13' } },
    ])
  })

  it('takes an operation with an error for a failed batch, whatever its state says', async () => {
    await using emulator = await startFast({ scenarios: ['gemini-done-with-error:state=SUCCEEDED'] })
    const batch = batchOf(emulator)
    const { batchId } = await batch.doStartBatch({ requests: requests(2) })
    expect(await settled(batch, batchId)).toMatchObject({
      status: 'failed',
      rawStatus: 'BATCH_STATE_SUCCEEDED',
      error: { code: '13' },
    })
    expect(emulator.bill().requests).toBe(0)
  })

  it('cannot read inline answers that come without a key', async () => {
    await using emulator = await startFast({ scenarios: ['gemini-inline-without-key'] })
    const batch = batchOf(emulator)
    const { batchId } = await batch.doStartBatch({ requests: requests(2) })
    await expect(settled(batch, batchId)).rejects.toThrow(/JSON|valid/i)
  })
})
