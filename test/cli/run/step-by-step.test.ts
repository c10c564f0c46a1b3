import { appendFileSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { type Emulator, startEmulator } from '../../../src/emulator/index.ts'
import { call, jsonOf, linesOf, providerProject, temporaryFolder } from '../project.ts'

const built = z.object({
  run: z.string(),
  requests: z.number(),
  bytes: z.number(),
  files: z.array(z.object({ file: z.string(), requests: z.number(), bytes: z.number() })),
})
const line = z.object({
  custom_id: z.string(),
  method: z.string(),
  url: z.string(),
  body: z.record(z.string(), z.unknown()),
})

async function build(dir: string, ...flags: readonly string[]): Promise<z.output<typeof built>> {
  const called = await call(dir, 'build', 'notes', '--json', ...flags)
  expect(called.exit).toBe(0)
  return built.parse(jsonOf(called))
}

/** Nothing at the provider: no file, no batch, nothing on the bill. */
function untouched(emulator: Emulator): boolean {
  const { files, batches } = emulator.state()
  return files.length === 0 && batches.length === 0 && emulator.bill().requests === 0
}

test('build writes the files that would be sent and sends nothing', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 1000 })
  await providerProject(folder.path, emulator)
  const made = await build(folder.path, '--out', 'output/notes')
  expect(readdirSync(join(folder.path, 'output/notes'))).toEqual([`notes-${made.run}-0.jsonl`])
  const file = join(folder.path, made.files[0]?.file ?? '')
  const lines = linesOf(file, line)
  expect(lines).toHaveLength(10)
  expect(new Set(lines.map(({ custom_id }) => custom_id)).size).toBe(10)
  expect(lines[0]).toMatchObject({
    method: 'POST',
    url: '/v1/chat/completions',
    body: { model: 'gpt-4o-mini', max_tokens: 100 },
  })
  expect(made).toMatchObject({ requests: 10, bytes: statSync(file).size })
  expect(untouched(emulator)).toBe(true)
  // Once more: what it has written itself is written over, and what somebody has made of it is not.
  await build(folder.path, '--out', 'output/notes')
  appendFileSync(file, '\n')
  const refused = await call(folder.path, 'build', 'notes', '--out', 'output/notes')
  expect(refused.exit).toBe(2)
  expect(refused.stderr).toContain('--force')
  await build(folder.path, '--out', 'output/notes', '--force')
  expect(statSync(file).size).toBe(made.bytes)
})

test('what was built is sent by submit once somebody agrees to the money, and merged by resume', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 1000 })
  await providerProject(folder.path, emulator)
  const { run } = await build(folder.path)

  const silent = await call(folder.path, 'submit', run)
  expect(silent.exit).toBe(2)
  expect(silent.stderr).toContain('E_CONSENT')
  const poor = await call(folder.path, 'submit', run, '--max-cost', '$0.00001')
  expect(poor.exit).toBe(5)
  expect(untouched(emulator)).toBe(true)

  const sent = await call(folder.path, 'submit', run, '--max-cost', '$1')
  expect(sent.exit).toBe(0)
  expect(sent.stdout).toMatch(/batch_\w+/)
  expect(emulator.state().batches).toHaveLength(1)

  const again = await call(folder.path, 'submit', run, '--max-cost', '$1').then(({ exit }) => exit)
  expect([0, 2]).toContain(again)
  expect((await call(folder.path, 'resume', run)).exit).toBe(0)
  expect(readFileSync(join(folder.path, 'out.jsonl'), 'utf8').trimEnd().split('\n')).toHaveLength(10)
  expect(emulator.bill()).toMatchObject({ batches: 1, duplicate_requests: 0 })
})

test('a second build of the same job goes back to the run that waits, and makes no other', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 1000 })
  await providerProject(folder.path, emulator)
  const first = await build(folder.path)
  const second = await build(folder.path)
  expect(second).toEqual(first)
})

test('a run that was built and is not wanted is dropped without cost', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 1000 })
  await providerProject(folder.path, emulator)
  const { run } = await build(folder.path)
  await call(folder.path, 'cancel', run)
  expect(jsonOf(await call(folder.path, 'status', run, '--json'))).toMatchObject({ state: 'cancelled' })
  expect(untouched(emulator)).toBe(true)
})

test('build says so when nothing is left to build', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 1000 })
  await providerProject(folder.path, emulator)
  expect((await call(folder.path, 'run', 'notes', '--max-cost', '$1')).exit).toBe(0)
  const { exit, stderr } = await call(folder.path, 'build', 'notes')
  expect(exit).toBe(0)
  expect(stderr).toContain('Nothing to build')
})
