import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import { type Emulator, startEmulator } from '../src/emulator/index.ts'
import {
  defineJob,
  type Job,
  jsonl,
  openaiCompatible,
  openOffpeak,
  type RunResult,
  type RunStatus,
} from '../src/index.ts'
import { temporaryFolder, write } from './cli/project.ts'

const row = z.object({ id: z.number(), text: z.string() })
const params = z.object({ least: z.number().default(0) })
const output = z.object({ summary: z.string() })

function notesJob(
  emulator: Emulator,
  prompt: (text: string) => string = (text) => text,
): Job<z.output<typeof row>, z.output<typeof params>, z.output<typeof output>, never> {
  const model = openaiCompatible({ baseUrl: emulator.openaiBaseUrl, apiKeyEnv: 'OFFPEAK_TEST_CLIENT_KEY' })
  return defineJob({
    name: 'notes',
    params,
    from: jsonl.rows({ file: 'notes.jsonl', key: 'id', row }),
    model: model('gpt-4o-mini'),
    maxTokens: 100,
    prompt: (context) => prompt(context.row.text),
    output,
    to: { jsonl: 'out.jsonl', line: (context) => ({ id: context.row.id, ...context.output }) },
  })
}

async function folderWith(texts: readonly string[]): Promise<{ readonly path: string } & Disposable> {
  const folder = temporaryFolder()
  await write(folder.path, {
    'offpeak.config.ts': `export default ${JSON.stringify({
      batch: { maxRequests: 3 },
      timings: { pollEveryMs: 20, quotaBackoffMs: 50, settleMs: [50], listingLagMs: 50 },
    })}\n`,
    '.env': 'OFFPEAK_TEST_CLIENT_KEY=any-key\n',
    'notes.jsonl': texts.map((text, id) => `${JSON.stringify({ id, text })}\n`).join(''),
  })
  return folder
}

const startProvider = (): Promise<Emulator> => startEmulator({ speed: 2_000, announces: false })

describe('a program that uses Offpeak', () => {
  test('plans, runs, is told where the run stands, and reads typed results, with a job of its own', async () => {
    await using provider = await startProvider()
    using folder = await folderWith(['a ship', 'a storm', 'a port', 'a crew'])
    const job = notesJob(provider)
    await using offpeak = await openOffpeak({ cwd: folder.path })

    expect(await offpeak.plan(job)).toMatchObject({ job: 'notes', toSend: 4 })
    const seen: RunStatus[] = []
    const run = await offpeak.run(job, { maxCost: '$1', onProgress: (status) => seen.push(status) })
    expect(run).toMatchObject({ state: 'done', counts: { merged: 4 }, simulated: false })
    expect(seen.at(-1)).toMatchObject({ state: 'done' })
    expect(seen.length).toBeGreaterThan(1)

    const results = await Array.fromAsync(offpeak.results(run?.run ?? '', { job }))
    expectTypeOf(results).toEqualTypeOf<RunResult<{ summary: string }>[]>()
    expect(results.map(({ key }) => key)).toEqual(['0', '1', '2', '3'])
    expect(results.every((each) => typeof each.output?.summary === 'string')).toBe(true)
    expect(readFileSync(join(folder.path, 'out.jsonl'), 'utf8').trim().split('\n')).toHaveLength(4)

    expect(await offpeak.run(job, { maxCost: '$1' })).toBeNull()
    expect(await offpeak.run('notes', { maxCost: '$1', redo: true, limit: 2 })).toMatchObject({
      counts: { merged: 2 },
    })
  })

  test('spends nothing that was not agreed to', async () => {
    await using provider = await startProvider()
    using folder = await folderWith(['a ship'])
    const job = notesJob(provider)
    await using offpeak = await openOffpeak({ cwd: folder.path })
    await expect(offpeak.run(job)).rejects.toMatchObject({ code: 'E_CONSENT', money: 'no' })
    await expect(offpeak.run(job, { maxCost: 'ninety' })).rejects.toMatchObject({ code: 'E_USAGE' })
    await expect(offpeak.run(job, { maxCost: '$0.0000001' })).rejects.toMatchObject({ code: 'E_BUDGET' })
    expect(provider.bill().requests).toBe(0)
  })

  test('that names no run is refused, and means none that happens to be there', async () => {
    await using provider = await startProvider()
    using folder = await folderWith(['a ship [[refusal]]'])
    await using offpeak = await openOffpeak({ cwd: folder.path })
    await offpeak.run(notesJob(provider), { maxCost: '$1' })
    const { requests } = provider.bill()
    for (const name of ['', ' ', undefined, null, 7])
      for (const call of [offpeak.status, offpeak.resume, offpeak.retry, offpeak.cancel])
        await expect(Reflect.apply(call, null, [name])).rejects.toMatchObject({
          code: 'E_USAGE',
          money: 'no',
        })
    await expect(Array.fromAsync(offpeak.results(''))).rejects.toMatchObject({ code: 'E_USAGE' })
    expect(provider.bill().requests).toBe(requests)
  })

  test('is told of a filter of results that there is not', async () => {
    await using provider = await startProvider()
    using folder = await folderWith(['a ship'])
    await using offpeak = await openOffpeak({ cwd: folder.path })
    await offpeak.run(notesJob(provider), { maxCost: '$1' })
    for (const filter of [{ status: 'good' }, { state: 'ok' }, { job: 'notes' }, null])
      await expect(
        Array.fromAsync(Reflect.apply(offpeak.results, null, ['notes', filter])),
      ).rejects.toMatchObject({ code: 'E_USAGE' })
  })

  test('may close while a run goes on, is told so by a code, and the run is taken up again', async () => {
    await using provider = await startEmulator({ speed: 20, announces: false })
    using folder = await folderWith(['a ship', 'a storm', 'a port', 'a crew'])
    const job = notesJob(provider)
    const offpeak = await openOffpeak({ cwd: folder.path })
    const begun = Promise.withResolvers<null>()
    const run = offpeak.run(job, { maxCost: '$1', onProgress: () => begun.resolve(null) })
    const ended = expect(run).rejects.toMatchObject({ code: 'E_USAGE' })
    await begun.promise
    await offpeak[Symbol.asyncDispose]()
    await ended
    await offpeak[Symbol.asyncDispose]()
    await expect(offpeak.plan(job)).rejects.toMatchObject({ code: 'E_USAGE' })
    await expect(offpeak.status('notes')).rejects.toMatchObject({ code: 'E_USAGE' })
    await expect(Array.fromAsync(offpeak.results('notes'))).rejects.toMatchObject({ code: 'E_USAGE' })

    provider.advanceClock(60_000)
    await using again = await openOffpeak({ cwd: folder.path })
    expect(await again.run(job, { maxCost: '$1' })).toMatchObject({ state: 'done', counts: { merged: 4 } })
    expect(provider.bill().requests).toBe(4)
  })

  test('is never given the run of another job of the same name, in one project or in two at once', async () => {
    await using provider = await startProvider()
    using folder = await folderWith(['a ship', 'a storm', 'a port', 'a crew'])
    const job = notesJob(provider)
    // Asks as often as the first one does, whichever of the two is begun.
    const other = {
      ...job,
      prompt: ({ row: { text } }: { readonly row: { readonly text: string } }) => `Otherwise: ${text}`,
    }
    await using offpeak = await openOffpeak({ cwd: folder.path })
    await using another = await openOffpeak({ cwd: folder.path })

    const [one, two] = await Promise.allSettled([
      offpeak.run(job, { maxCost: '$1' }),
      offpeak.run(other, { maxCost: '$1' }),
    ])
    expect(one).toMatchObject({ status: 'fulfilled', value: { counts: { merged: 4 } } })
    expect(two).toMatchObject({ status: 'rejected', reason: { code: 'E_JOB_INVALID', money: 'no' } })
    expect(provider.bill().requests).toBe(4)

    const both = await Promise.allSettled([
      offpeak.run(job, { maxCost: '$1', redo: true }),
      another.run(other, { maxCost: '$1', redo: true }),
    ])
    const refused = both.filter(({ status }) => status === 'rejected')
    expect(refused).toMatchObject([{ reason: { code: 'E_JOB_CHANGED' } }])
    expect(provider.bill().requests).toBe(8)

    // One after the other, both are asked.
    expect(await offpeak.run(other, { maxCost: '$1', redo: true })).toMatchObject({ counts: { merged: 4 } })
    expect(provider.bill().requests).toBe(12)
  })

  test('stops waiting when it is told to, and attaches to the same run the next time', async () => {
    await using provider = await startEmulator({ speed: 1, announces: false })
    using folder = await folderWith(['a ship', 'a storm'])
    const job = notesJob(provider)
    const stopped = new Error('enough')
    const stopper = new AbortController()
    await using offpeak = await openOffpeak({ cwd: folder.path })
    const waiting = offpeak.run(job, {
      maxCost: '$1',
      signal: stopper.signal,
      onProgress: ({ batches }) => {
        if (batches.some(({ providerBatchId }) => providerBatchId !== null)) stopper.abort(stopped)
      },
    })
    await expect(waiting).rejects.toBe(stopped)
    provider.advanceClock(86_400_000)
    const run = await offpeak.run(job, { maxCost: '$1' })
    expect(run).toMatchObject({ state: 'done', counts: { merged: 2 } })
    expect(provider.bill().requests).toBe(2)
  })

  test('asks again what a changed job can save, in a run of its own, and cancels', async () => {
    await using provider = await startProvider()
    using folder = await folderWith(['a ship', '[[refusal]] a storm'])
    await using offpeak = await openOffpeak({ cwd: folder.path })
    const first = await offpeak.run(notesJob(provider), { maxCost: '$1' })
    expect(first?.needsAttention).toBe(1)
    const rephrased = notesJob(provider, (text) => text.replace('[[refusal]]', 'about'))
    expect(await offpeak.plan(rephrased)).toMatchObject({ toSend: 1 })
    expect(await offpeak.retry(first?.run ?? '', { status: 'refused', maxCost: '$1' })).toMatchObject({
      state: 'done',
      rescues: first?.run,
      counts: { merged: 1 },
    })
    await expect(offpeak.retry(first?.run ?? '', { only: ['99'] })).rejects.toMatchObject({
      code: 'E_RECORD_UNKNOWN',
    })
    expect(await offpeak.retry(first?.run ?? '', { status: 'expired', maxCost: '$1' })).toBeNull()
    await expect(offpeak.cancel('nothing')).rejects.toMatchObject({ code: 'E_RUN_UNKNOWN' })
  })

  test('gets no other job than the one it gave, where a file has the name already', async () => {
    await using provider = await startProvider()
    using folder = await folderWith(['a ship'])
    await write(folder.path, {
      'jobs/notes.job.ts': `export default { name: 'notes' }
`,
    })
    await using offpeak = await openOffpeak({ cwd: folder.path })
    await expect(offpeak.plan(notesJob(provider))).rejects.toMatchObject({
      code: 'E_JOB_INVALID',
      where: 'jobs/notes.job.ts',
    })
  })

  test.each([
    ["`redo` is 'all'", { redo: 'all', maxCost: '$1' }],
    ['there is no entry `limt`', { limt: 2, maxCost: '$1' }],
    ['`limit`', { limit: 0 }],
    ["`only` is '3'", { only: '3' }],
    ['`maxCost` is 5', { maxCost: 5 }],
    ["`deliveryMode` is 'fast'", { deliveryMode: 'fast' }],
    ['`params`', { params: { since: 1n } }],
    ['`signal`', { signal: true }],
  ])(
    'is refused options that a call does not take, and nothing is stored of them: %s',
    async (words, options) => {
      await using provider = await startProvider()
      using folder = await folderWith(['a ship'])
      const job = notesJob(provider)
      await using offpeak = await openOffpeak({ cwd: folder.path })
      const wrong: object = options
      const asked = offpeak.run(job, wrong)
      await expect(asked).rejects.toMatchObject({ code: 'E_USAGE', money: 'no' })
      await expect(asked).rejects.toThrow(words)
      expect(await offpeak.run(job, { maxCost: '$1' })).toMatchObject({ counts: { merged: 1 } })
      expect(provider.bill().requests).toBe(1)
    },
  )

  test('is refused what a retry does not take, instead of nothing or everything', async () => {
    await using provider = await startProvider()
    using folder = await folderWith(['[[refusal]] a storm'])
    await using offpeak = await openOffpeak({ cwd: folder.path })
    const run = await offpeak.run(notesJob(provider), { maxCost: '$1' })
    for (const wrong of [
      { status: ['bogus'] },
      { stats: ['refused'] },
      { maxTokens: 150.5 },
      { today: 'no' },
    ])
      await expect(offpeak.retry(run?.run ?? '', wrong as object)).rejects.toMatchObject({ code: 'E_USAGE' })
    expect(provider.bill().requests).toBe(1)
  })

  test('is told at once when a job is neither a name nor a job', async () => {
    using folder = await folderWith([])
    await using offpeak = await openOffpeak({ cwd: folder.path })
    await expect(offpeak.plan('notes')).rejects.toMatchObject({ code: 'E_JOB_UNKNOWN' })
    // @ts-expect-error a job is what defineJob gives
    await expect(offpeak.plan({ name: 'notes' })).rejects.toMatchObject({ code: 'E_USAGE' })
    // @ts-expect-error a parameter that the job does not have
    void ((job: ReturnType<typeof notesJob>) => offpeak.plan(job, { params: { most: 1 } }))
  })
})
