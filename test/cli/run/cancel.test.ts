import { expect, test } from 'vitest'
import { z } from 'zod'
import { type Emulator, startEmulator } from '../../../src/emulator/index.ts'
import { callOnTerminal, notesProject, readJson, statusJson } from '../notes-project.ts'
import { call, providerProject, temporaryFolder, write } from '../project.ts'

const statusOf = z.object({
  state: z.string(),
  counts: z.record(z.string(), z.number()),
  batches: z.array(z.object({ n: z.number(), state: z.string(), providerBatchId: z.string().nullable() })),
  money: z.object({ spentMicroUsd: z.number(), reservedMicroUsd: z.number() }),
})

async function status(dir: string): Promise<z.output<typeof statusOf>> {
  return readJson(statusOf, await call(dir, 'status', 'notes', '--json'))
}

/** Ten notes in small batches, of which some may be enqueued at once, at a provider that ends nothing by itself. */
async function started(dir: string, emulator: Emulator, enqueuedTokens: number): Promise<void> {
  await providerProject(dir, emulator)
  await write(dir, {
    'offpeak.config.ts': `import { defineConfig } from 'offpeak'\nexport default defineConfig({ batch: { maxRequests: 2 }, quota: { 'compatible/gpt-4o-mini': { enqueuedTokens: ${enqueuedTokens} } }, timings: { pollEveryMs: 50 } })\n`,
  })
  await call(dir, 'run', 'notes', '--max-cost', '$1', '--detach')
}

test('cancel --unsent drops what waits, unpaid, and what is at the provider is answered and merged', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 1 })
  await started(folder.path, emulator, 400)
  const { batches } = await status(folder.path)
  const waiting = batches.filter(({ state }) => state === 'waiting').length
  const sent = batches.length - waiting
  expect(Math.min(sent, waiting)).toBeGreaterThan(0)
  const { exit, stderr } = await call(folder.path, 'cancel', 'notes', '--unsent')
  expect(exit).toBe(0)
  expect(stderr).toMatch(new RegExp(`${waiting} records? in ${waiting} batch(es)? dropped, unpaid`))
  emulator.advanceClock(86_400_000)
  expect((await call(folder.path, 'resume')).exit).toBe(0)
  expect(await status(folder.path)).toMatchObject({
    state: 'done',
    counts: { merged: sent, cancelled: waiting },
    money: { reservedMicroUsd: 0 },
  })
  expect(emulator.bill()).toMatchObject({ batches: sent, duplicate_requests: 0 })
})

test('a run of which nothing was sent ends at once when what is unsent is dropped', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 1 })
  await providerProject(folder.path, emulator)
  await call(folder.path, 'build', 'notes')
  const { exit, stdout } = await call(folder.path, 'cancel', 'notes', '--unsent', '--json')
  expect({ exit, lines: stdout.trim().split('\n').length > 0 }).toEqual({ exit: 0, lines: true })
  expect(await status(folder.path)).toMatchObject({ state: 'done', counts: { cancelled: 10 } })
  expect(emulator.state().batches).toHaveLength(0)
  expect(await call(folder.path, 'cancel', 'notes', '--unsent')).toMatchObject({ exit: 2 })
})

test('a run that waits for money ends when what is unsent is dropped', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, {
    records: 40,
    job: 'maxTokens: undefined,',
    config: 'batch: { maxRequests: 10 }',
  })
  const { cost } = readJson(statusJson.shape.plan, await call(folder.path, 'plan', 'notes', '--json'))
  const poor = String((cost.likelyMicroUsd + 1) / 1e6)
  expect((await call(folder.path, 'run', 'notes', '--max-cost', poor)).exit).toBe(5)
  const { counts } = await status(folder.path)
  expect((await call(folder.path, 'cancel', 'notes', '--unsent')).exit).toBe(0)
  expect(await status(folder.path)).toMatchObject({
    state: 'done',
    counts: { ...counts, cancelled: 40 - (counts['merged'] ?? 0) },
    money: { reservedMicroUsd: 0 },
  })
})

test('cancel --batch cancels one batch, and what it has not answered is sent again', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 1 })
  await started(folder.path, emulator, 100_000)
  const [, second] = (await status(folder.path)).batches
  const { exit, stderr } = await call(
    folder.path,
    'cancel',
    'notes',
    '--batch',
    second?.providerBatchId ?? 'none',
  )
  expect(exit).toBe(0)
  expect(stderr).toContain('answers are billed, and merged')
  expect(stderr).toContain('The provider was told.')
  const resumed = call(folder.path, 'resume', '--wait', '60s')
  while ((await status(folder.path)).batches.filter(({ providerBatchId }) => providerBatchId).length < 6)
    emulator.advanceClock(600_000)
  emulator.advanceClock(86_400_000)
  expect((await resumed).exit).toBe(0)
  expect(await status(folder.path)).toMatchObject({ state: 'done', counts: { merged: 10 } })
  const remote = z.array(z.object({ status: z.string() })).parse(emulator.state().batches)
  expect(remote.map(({ status }) => status).toSorted()).toEqual([
    'cancelled',
    ...Array.from({ length: 5 }, () => 'completed'),
  ])
  expect(emulator.bill()).toMatchObject({ duplicate_requests: 0 })
})

test('a batch that is not there, not sent, or over is not cancelled', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 1 })
  await started(folder.path, emulator, 400)
  const waiting = (await status(folder.path)).batches.find(({ state }) => state === 'waiting')
  for (const [named, words] of [
    ['99', 'has no batch 99'],
    [String(waiting?.n), 'is not at the provider'],
  ] as const)
    expect(await call(folder.path, 'cancel', 'notes', '--batch', named)).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining(words),
    })
  expect(await call(folder.path, 'cancel', '--all', '--batch', '0')).toMatchObject({ exit: 2 })
  emulator.advanceClock(86_400_000)
  await call(folder.path, 'cancel', 'notes')
  expect((await call(folder.path, 'cancel', 'notes', '--batch', '0')).stderr).toContain(
    'has ended at the provider',
  )
})

test('on a terminal a person is asked before something is dropped', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 1 })
  await started(folder.path, emulator, 400)
  for (const words of [['--unsent'], ['--batch', '0']]) {
    const asked = await callOnTerminal(folder.path, { answers: ['n'] }, 'cancel', 'notes', ...words)
    expect(asked).toMatchObject({ exit: 2, questions: [expect.stringContaining('y/N')] })
    expect(asked.stderr).toContain('Nothing was cancelled.')
  }
})
