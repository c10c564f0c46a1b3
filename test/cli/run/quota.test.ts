import { expect, test } from 'vitest'
import { z } from 'zod'
import { startEmulator } from '../../../src/emulator/index.ts'
import { readJson } from '../notes-project.ts'
import { call, carryUntil, providerProject, temporaryFolder, write } from '../project.ts'

const quotas = z.object({
  schema: z.literal('offpeak.quota/2'),
  quotas: z.array(
    z.object({
      key: z.string(),
      limitTokens: z.number().nullable(),
      usedTokens: z.number(),
      enqueuedBatches: z.number(),
      waitingBatches: z.number(),
      waitingTokens: z.number(),
      waves: z.number().nullable(),
      moreToCome: z.boolean(),
      notBefore: z.number().nullable(),
    }),
  ),
})

test('quota shows the limit, what is enqueued, what waits, and that it is free again at the end', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 1 })
  await providerProject(folder.path, emulator)
  expect((await call(folder.path, 'quota')).stderr).toContain('No limit is known, and no run is running.')
  await write(folder.path, {
    'offpeak.config.ts':
      "import { defineConfig } from 'offpeak'\nexport default defineConfig({ quota: { 'compatible/gpt-4o-mini': { enqueuedTokens: 400 } }, timings: { pollEveryMs: 50 } })\n",
  })
  await call(folder.path, 'run', 'notes', '--max-cost', '$1', '--detach')
  const [quota, ...others] = readJson(quotas, await call(folder.path, 'quota', '--json')).quotas
  expect(others).toEqual([])
  expect(quota).toMatchObject({
    key: `compatible/gpt-4o-mini at ${new URL(emulator.url).host}/v1`,
    limitTokens: 400,
    notBefore: null,
  })
  expect(quota?.enqueuedBatches).toBeGreaterThan(0)
  expect(quota?.usedTokens).toBeGreaterThan(0)
  expect(quota?.usedTokens).toBeLessThanOrEqual(400)
  expect(quota?.waitingBatches).toBeGreaterThan(0)
  expect(quota?.waves).toBe(Math.ceil((quota?.waitingTokens ?? 0) / 400))
  const screen = (await call(folder.path, 'quota')).stdout
  expect(screen).toMatch(
    /compatible\/gpt-4o-mini at [\d.:]+\S* +\d+ of 400 +#+-* +\d+ batches +\d+ batch(es)?, \d+ waves?/,
  )
  emulator.advanceClock(86_400_000)
  await call(folder.path, 'cancel', 'notes')
  expect(readJson(quotas, await call(folder.path, 'quota', '--json')).quotas).toMatchObject([
    { usedTokens: 0, enqueuedBatches: 0, waitingBatches: 0, waves: 0 },
  ])
})

test('a pause that the provider has asked for is shown with its time', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 1 })
  await providerProject(folder.path, emulator)
  emulator.addFault({
    operation: 'batches.create',
    when: 'before',
    action: {
      type: 'status',
      status: 429,
      headers: { 'retry-after': '600' },
      body: { error: { message: 'Rate limit reached', code: 'rate_limit_exceeded' } },
    },
  })
  const left = await carryUntil(
    folder.path,
    async () => (await call(folder.path, 'quota')).stdout.includes(' in '),
    ['run', 'notes', '--max-cost', '$1'],
  )
  expect(left.exit).toBe(7)
  const [quota] = readJson(quotas, await call(folder.path, 'quota', '--json')).quotas
  expect(quota?.notBefore).toBeGreaterThan(Date.now())
  expect((await call(folder.path, 'quota')).stdout).toMatch(/\d+ of \? .* in \d+ m/)
})

test('a prompt of more bytes than the quota has tokens is counted and sent; one of more tokens is never sent', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 2_000, enqueuedTokenLimit: 300 })
  await providerProject(folder.path, emulator)
  const texts = ['A note.', 'ship '.repeat(150), 'ship '.repeat(1_000)]
  await write(folder.path, {
    'notes.jsonl': texts.map((text, id) => `${JSON.stringify({ id, text })}\n`).join(''),
    'offpeak.config.ts':
      "import { defineConfig } from 'offpeak'\nexport default defineConfig({ quota: { 'compatible/gpt-4o-mini': { enqueuedTokens: 300 } }, timings: { pollEveryMs: 50 } })\n",
  })
  const { exit, stdout, stderr } = await call(folder.path, 'run', 'notes', '--max-cost', '$1')
  expect(exit, stderr).toBe(6)
  expect(stdout).toMatch(/2 of 3 records are in out\.jsonl/)
  expect(stdout).toMatch(/1 +oversize: the request is 1,\d\d\d tokens/)
  expect(emulator.bill()).toMatchObject({ requests: 2, duplicate_requests: 0 })
})
