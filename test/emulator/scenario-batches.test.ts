import { describe, expect, it } from 'vitest'
import {
  azureV1,
  billOf,
  chatLine,
  chatLines,
  create,
  linesOf,
  openai,
  play,
  processed,
  readResults,
  readText,
  startFast,
  submit,
  upload,
  waitFor,
} from './emulator-kit.ts'

describe('what becomes of a batch', () => {
  it.each([
    ['token_limit_exceeded', null],
    ['model_not_found', 1],
    ['model_mismatch', 1],
  ])(
    'failed-with-files fails under %s and names two empty files, on OpenAI paths as well',
    async (code, line) => {
      await using played = await play([`failed-with-files:code=${code}`])
      const { client, batch } = played
      expect(batch.status).toBe('failed')
      expect(batch.errors?.data?.[0]).toMatchObject({ code, line, message: expect.stringMatching(/\w+ \w+/) })
      expect(batch.request_counts?.completed).toBe(0)
      expect(await readText(client, batch.output_file_id)).toBe('')
      expect(await readText(client, batch.error_file_id)).toBe('')
      expect(batch.output_file_id).toMatch(/^file-/)
      expect(played.bill).toMatchObject({ batches: 0, requests: 0, cost_micro_usd: 0 })
    },
  )

  it('validation-fail on Azure paths says its words in errors.data, beside two empty files', async () => {
    await using emulator = await startFast({ scenarios: ['validation-fail:code=model_not_found'] })
    const client = azureV1(emulator)
    const file = await upload(client, chatLine(0, { model: 'your-deployment-name' }))
    await processed(client, file.id)
    const failed = await waitFor(client, (await create(client, file.id)).id)
    expect(failed).toMatchObject({
      status: 'failed',
      errors: { data: [{ code: 'model_not_found', line: 1 }] },
    })
    expect((await client.files.retrieve(String(failed.output_file_id))).bytes).toBe(0)
    expect((await billOf(emulator)).requests).toBe(0)
  })

  it('failed-after-running keeps what has run, and bills it', async () => {
    await using played = await play(['failed-after-running'])
    expect(played.batch).toMatchObject({
      status: 'failed',
      errors: { data: [{ code: 'server_error' }] },
      request_counts: { total: 20, completed: 20 },
    })
    expect(await linesOf(played)).toHaveLength(20)
    expect(played.bill.requests).toBe(20)
  })

  it('slow-day and slow-cancel take their time, by the clock of the emulator', async () => {
    await using emulator = await startFast({
      speed: 20,
      scenarios: ['slow-day', 'slow-day@2', 'slow-cancel@2'],
    })
    const client = openai(emulator)
    const [slow, cancelled] = [await submit(client, chatLines(3)), await submit(client, chatLines(3))]
    await waitFor(client, slow.id, ['in_progress'])
    await waitFor(client, cancelled.id, ['in_progress'])
    expect((await client.batches.cancel(cancelled.id)).status).toBe('cancelling')
    emulator.advanceClock(500_000)
    expect((await client.batches.retrieve(cancelled.id)).status).toBe('cancelling')
    expect((await client.batches.retrieve(slow.id)).request_counts?.completed).toBe(0)
    emulator.advanceClock(8 * 3_600_000)
    expect((await waitFor(client, cancelled.id)).status).toBe('cancelled')
    expect((await waitFor(client, slow.id)).status).toBe('completed')
    expect((await billOf(emulator)).requests).toBe(3)
  })

  it('cancel-runs-on runs and bills every line of a cancelled batch', async () => {
    await using emulator = await startFast({ speed: 200, scenarios: ['cancel-runs-on', 'cancel-runs-on@2'] })
    const client = openai(emulator)
    const batch = await submit(client, chatLines(50))
    await waitFor(client, batch.id, ['in_progress'])
    expect((await client.batches.cancel(batch.id)).status).toBe('cancelling')
    const done = await waitFor(client, batch.id)
    expect(done).toMatchObject({ status: 'cancelled', request_counts: { total: 50, completed: 50 } })
    expect(await readResults(client, done.output_file_id)).toHaveLength(50)
    expect((await billOf(emulator)).requests).toBe(50)
  })

  it('quota-leak holds the tokens of a batch that has failed', async () => {
    await using emulator = await startFast({
      speed: 100,
      enqueuedTokenLimit: 1000,
      scenarios: ['quota-leak:seconds=86400', 'validation-fail'],
    })
    const client = openai(emulator)
    const big = chatLines(30)
    expect((await waitFor(client, (await submit(client, big)).id)).status).toBe('failed')
    const second = await waitFor(client, (await submit(client, big)).id)
    expect(second.errors?.data?.[0]?.code).toBe('token_limit_exceeded')
    emulator.advanceClock(86_400_000)
    expect((await waitFor(client, (await submit(client, big)).id)).status).toBe('completed')
    expect((await billOf(emulator)).requests).toBe(30)
  })

  it('a scenario that refuses the create call leaves the others for the batch that is made', async () => {
    await using emulator = await startFast({ scenarios: ['file-not-visible', 'all-failed', 'usage-missing'] })
    const client = openai(emulator)
    const file = await upload(client, chatLines(4))
    await expect(create(client, file.id)).rejects.toThrow('Cannot find file')
    const done = await waitFor(client, (await create(client, file.id)).id)
    expect(done.request_counts).toEqual({ total: 4, completed: 0, failed: 4 })
    expect(done).not.toHaveProperty('usage')
  })
})

describe('how a batch object is written', () => {
  it('late-file-ids shows null for the first polls, then the ids', async () => {
    await using played = await play(['late-file-ids:polls=3'])
    const { client, batch } = played
    expect(batch).toMatchObject({ status: 'completed', output_file_id: null })
    const [listed] = (await client.batches.list()).data
    expect(listed).toMatchObject({ status: 'completed', output_file_id: null })
    expect((await client.batches.retrieve(batch.id)).output_file_id).toBeNull()
    expect((await client.batches.retrieve(batch.id)).output_file_id).toBeNull()
    const there = await client.batches.retrieve(batch.id)
    expect(await readResults(client, there.output_file_id)).toHaveLength(20)
    expect(played.bill.requests).toBe(20)
  })

  it('status-backwards goes to and fro', async () => {
    await using emulator = await startFast({
      speed: 20,
      scenarios: ['status-backwards:polls=4', 'stuck-in-progress'],
    })
    const client = openai(emulator)
    const batch = await submit(client, chatLines(2))
    const seen: string[] = []
    while (seen.length < 6) {
      const { status } = await client.batches.retrieve(batch.id)
      if (status !== 'validating' || seen.length > 0) seen.push(status)
    }
    expect(seen).toEqual([
      'in_progress',
      'validating',
      'in_progress',
      'validating',
      'in_progress',
      'in_progress',
    ])
  })

  it('status-backwards takes the end back, with the ids of the files', async () => {
    await using played = await play(['status-backwards:polls=always'], chatLines(2))
    const { client, batch } = played
    const shown = [batch, await client.batches.retrieve(batch.id), await client.batches.retrieve(batch.id)]
    expect(new Set(shown.map(({ status }) => status))).toEqual(new Set(['completed', 'finalizing']))
    for (const { status, output_file_id: id } of shown) expect(id !== null).toBe(status === 'completed')
    expect(played.bill.requests).toBe(2)
  })

  it('zero-counts counts nothing to the end', async () => {
    await using played = await play(['zero-counts'])
    expect(played.batch).toMatchObject({
      status: 'completed',
      request_counts: { total: 0, completed: 0, failed: 0 },
    })
    expect(played.bill.requests).toBe(20)
  })

  it('failed-counted-as-completed puts both into one figure', async () => {
    await using played = await play(['failed-counted-as-completed', 'line-5xx:every=4'])
    expect(played.batch.request_counts).toEqual({ total: 20, completed: 20, failed: 0 })
    expect(await readResults(played.client, played.batch.error_file_id)).toHaveLength(5)
    expect(played.bill.requests).toBe(15)
  })

  it.each([
    ['null', null],
    ['zero', { input_tokens: 0, output_tokens: 0, total_tokens: 0 }],
  ])('usage-missing can be %s as well', async (as, usage) => {
    await using played = await play([`usage-missing:as=${as}`])
    if (usage === null) expect(played.batch.usage).toBeNull()
    else expect(played.batch.usage).toMatchObject(usage)
    expect(played.bill.requests).toBe(20)
  })
})
