import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startEmulator } from '../../../src/emulator/index.ts'
import { call, providerProject, temporaryFolder, write } from '../project.ts'

test('costs nothing again: a run of which no answer is usable is ended, its job fixed, and its answers judged by it, as the words say', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 2_000 })
  await providerProject(folder.path, emulator)
  const notes = Array.from({ length: 24 }, (_, id) => `${JSON.stringify({ id, text: `Note ${id}.` })}\n`)
  const job = join(folder.path, 'jobs', 'notes.job.ts')
  const right = readFileSync(job, 'utf8')
  const wrong = right.replace('maxTokens: 100,', "maxTokens: 100, check: () => 'too plain',")
  await write(folder.path, { 'notes.jsonl': notes.join(''), 'jobs/notes.job.ts': wrong })
  const ran = await call(folder.path, 'run', 'notes', '--max-cost', '$1')
  const words = ran.stderr.replaceAll(/\s+/g, ' ')
  expect(ran.exit).toBe(2)
  expect(words).toContain(
    'not one of the 24 answers so far is usable (24 invalid), the first of them as: too plain',
  )
  expect(words).toMatch(/Or end it with offpeak cancel (\w+) and fix the job notes: offpeak errors \1 says/)
  expect((await call(folder.path, 'errors', 'notes')).stdout).toContain('24 records need attention')
  expect((await call(folder.path, 'cancel', 'notes', '--yes')).exit).toBe(0)
  writeFileSync(job, right)
  const errors = (await call(folder.path, 'errors', 'notes')).stdout.replaceAll(/\s+/g, ' ')
  expect(errors).toContain('judge again, free: 24 stored answers fit the job as it is now')
  const merged = await call(folder.path, 'merge', 'notes', '--today')
  expect(merged.stdout).toContain('24 stored answers written again: 24 merged. Nothing was sent.')
  expect(emulator.bill()).toMatchObject({ requests: 24, duplicate_requests: 0 })
})
