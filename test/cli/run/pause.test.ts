import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { startEmulator } from '../../../src/emulator/index.ts'
import { notesProject, readJson, statusJson } from '../notes-project.ts'
import { call, providerProject, temporaryFolder, write } from '../project.ts'

const statusOf = z.object({
  state: z.string(),
  pauseKind: z.string().nullable(),
  counts: z.record(z.string(), z.number()),
  batches: z.array(z.object({ n: z.number(), state: z.string(), providerBatchId: z.string().nullable() })),
  money: z.object({ spentMicroUsd: z.number(), reservedMicroUsd: z.number() }),
})

async function status(dir: string): Promise<z.output<typeof statusOf>> {
  return readJson(statusOf, await call(dir, 'status', 'notes', '--json'))
}

/** Ten notes in batches of two at a provider outside, slow enough that nothing of them ends by itself. */
async function slowProject(dir: string, emulator: Parameters<typeof providerProject>[1]): Promise<void> {
  await providerProject(dir, emulator)
  await write(dir, {
    'offpeak.config.ts':
      "import { defineConfig } from 'offpeak'\nexport default defineConfig({ batch: { maxRequests: 2 }, timings: { pollEveryMs: 50 } })\n",
  })
}

test('a paused run sends no more, says what continues and what it costs, and continues when it is resumed', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 1 })
  await slowProject(folder.path, emulator)
  await call(folder.path, 'run', 'notes', '--max-cost', '$1', '--detach')
  const { exit, stdout, stderr } = await call(folder.path, 'pause', 'notes')
  expect(exit).toBe(0)
  expect(stdout).toMatch(/Run \w+ of notes is paused/)
  expect(stdout).toMatch(
    /At the provider +5 batches continue, 0 of 10 requests answered [^]*at\s+most \$0\.\d+/,
  )
  expect(stdout).toMatch(/Not sent +nothing is waiting/)
  expect(stderr).toMatch(/Go on +offpeak resume \w+/)
  expect(await status(folder.path)).toMatchObject({ state: 'paused', pauseKind: 'asked' })
  const again = readJson(
    z.object({ schema: z.literal('offpeak.pause/2'), runs: z.array(z.looseObject({})) }),
    await call(folder.path, 'pause', 'notes', '--json'),
  )
  expect(again.runs).toMatchObject([{ job: 'notes', before: 'by hand, until it is resumed' }])
  emulator.advanceClock(86_400_000)
  expect((await call(folder.path, 'resume')).exit).toBe(0)
  expect(await status(folder.path)).toMatchObject({ state: 'done', pauseKind: null, counts: { merged: 10 } })
  expect(emulator.bill()).toMatchObject({ batches: 5, duplicate_requests: 0 })
})

test('a worker merges what ends while a run is paused, and sends nothing of it', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 1 })
  await slowProject(folder.path, emulator)
  await call(folder.path, 'run', 'notes', '--max-cost', '$1', '--detach')
  await call(folder.path, 'pause', '--all')
  emulator.advanceClock(86_400_000)
  do {
    expect((await call(folder.path, 'worker', '--once')).exit).toBe(0)
    await sleep(20)
  } while (((await status(folder.path)).counts['merged'] ?? 0) < 10)
  expect(await status(folder.path)).toMatchObject({ state: 'paused', counts: { merged: 10 } })
  expect(emulator.bill()).toMatchObject({ batches: 5 })
})

test('there is nothing to pause where nothing is sent', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  expect(await call(folder.path, 'pause')).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining('No run is running'),
  })
  expect((await call(folder.path, 'pause', '--all')).stderr).toContain('No run is sending anything.')
  await call(folder.path, 'build', 'notes')
  expect(await call(folder.path, 'pause', 'notes')).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining('only builds files'),
  })
  await call(folder.path, 'cancel', 'notes')
  expect(await call(folder.path, 'pause', 'notes')).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining('there is nothing to pause'),
  })
})

test('what a paused run waits for is a kind, and not only words', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, { records: 40, job: 'maxTokens: undefined,' })
  const { cost } = readJson(statusJson.shape.plan, await call(folder.path, 'plan', 'notes', '--json'))
  const poor = String((cost.likelyMicroUsd + 1) / 1e6)
  expect((await call(folder.path, 'run', 'notes', '--max-cost', poor)).exit).toBe(5)
  expect(await status(folder.path)).toMatchObject({ state: 'paused', pauseKind: 'budget' })
  await call(folder.path, 'cancel', 'notes')
  expect(await status(folder.path)).toMatchObject({ state: 'cancelled', pauseKind: null })
  await call(folder.path, 'build', 'notes')
  expect(await status(folder.path)).toMatchObject({ state: 'paused', pauseKind: 'submit' })
})

test('a key that is refused pauses the run for credentials, with the exit code of that', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 1 })
  await providerProject(folder.path, emulator)
  emulator.addFault({
    operation: 'files.create',
    when: 'before',
    times: 100,
    action: { type: 'status', status: 401, body: { error: { message: 'Incorrect API key provided' } } },
  })
  const { exit, stderr } = await call(folder.path, 'run', 'notes', '--max-cost', '$1')
  expect(stderr).toContain('E_CREDENTIALS')
  expect(exit).toBe(3)
  expect(await status(folder.path)).toMatchObject({ state: 'paused', pauseKind: 'credentials' })
})
