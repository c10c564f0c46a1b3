import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { startEmulator } from '../../../src/emulator/index.ts'
import { jsonOf, providerProject, call, type Called, carryUntil, temporaryFolder, write } from '../project.ts'

const path = 'jobs/notes.job.ts'
const status = z.object({
  state: z.string(),
  waits: z.unknown().optional(),
  money: z.object({ capMicroUsd: z.number().nullable() }),
  counts: z.record(z.string(), z.number()),
})
const seen = async (dir: string): Promise<z.infer<typeof status>> =>
  status.parse(jsonOf(await call(dir, 'status', 'notes', '--json')))

test('a retry that is refused leaves the cap of the run as it was', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 2_000 })
  await providerProject(folder.path, emulator)
  const job = readFileSync(join(folder.path, path), 'utf8')
  const failing = job.replace('maxTokens: 100', "maxTokens: 100, retry: { max: 1 }, check: () => 'no'")
  await write(folder.path, { [path]: failing })
  expect((await call(folder.path, 'run', 'notes', '--max-cost', '$0.01')).exit).toBe(6)
  await write(folder.path, { [path]: failing.replace("'no'", "'never'") })
  const again = ['retry', 'notes', '--status', 'invalid', '--as-sent', '--max-cost', '$0.9']
  const refused = await call(folder.path, ...again)
  expect(refused.stderr).toContain('E_JOB_CHANGED')
  await write(folder.path, { [path]: failing })
  expect(await seen(folder.path)).toMatchObject({ state: 'done', money: { capMicroUsd: 10_000 } })
  expect((await call(folder.path, ...again)).exit).toBe(6)
  expect((await seen(folder.path)).money.capMicroUsd).toBe(900_000)
})

test('a resume whose amount is too small takes no job of today and no missing answers', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 2_000 })
  await providerProject(folder.path, emulator)
  const job = readFileSync(join(folder.path, path), 'utf8')
  await call(folder.path, 'run', 'notes', '--max-cost', '$1', '--detach')
  await write(folder.path, { [path]: job.replace('maxTokens: 100', 'maxTokens: 100, check: () => true') })
  for (const flag of ['--today', '--accept']) {
    const small = await call(folder.path, 'resume', 'notes', flag, '--max-cost', '$0.0000001')
    expect(small.stderr, flag).toContain('E_BUDGET')
  }
  const says = (called: Called): boolean => (called.stderr + called.stdout).includes('--today')
  expect(says(await carryUntil(folder.path, says, ['resume', 'notes']))).toBe(true)
  expect((await seen(folder.path)).counts).toEqual({})
})
