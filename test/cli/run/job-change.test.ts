import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startEmulator } from '../../../src/emulator/index.ts'
import { serve } from '../child.ts'
import { notesProject } from '../notes-project.ts'
import { call, jsonOf, providerProject, temporaryFolder, write } from '../project.ts'

async function mend(dir: string, from: string, to: string): Promise<void> {
  const path = 'jobs/notes.job.ts'
  const text = readFileSync(join(dir, path), 'utf8')
  expect(text).toContain(from)
  await write(dir, { [path]: text.replace(from, to) })
}

const firstRun = (text: string): string => /run[ =](\w{6})\b/.exec(text)?.[1] ?? ''

test('a job that changes under its run is told on the screen, and continues by a word of its owner at no cost', async () => {
  await using emulator = await startEmulator({ speed: 2_000 })
  using folder = temporaryFolder()
  await providerProject(folder.path, emulator)
  const sent = await call(folder.path, 'run', 'notes', '--max-cost', '$1', '--detach')
  const run = firstRun(sent.stderr + sent.stdout)
  const billed = emulator.bill().requests
  await mend(folder.path, 'was: row.text.length', 'length: row.text.length')

  const stopped = await call(folder.path, 'resume', run)
  expect(stopped.exit).toBe(2)
  expect(stopped.stderr).toContain('job-changed=')
  expect(stopped.stderr).toContain('how answers are judged and written')
  expect(stopped.stderr).toContain(`offpeak resume ${run} --today`)
  const status = await call(folder.path, 'status', run)
  expect(status.stdout).toContain('job file changed')
  expect(status.stderr + status.stdout).toContain(`offpeak resume ${run} --today`)
  expect(jsonOf(await call(folder.path, 'status', run, '--json'))).toMatchObject({
    state: 'paused',
    pauseKind: 'changed',
    jobChange: { ask: false, write: true },
  })
  const merged = await call(folder.path, 'merge', run)
  expect(merged.exit).toBe(2)
  expect(merged.stderr).toContain('E_JOB_CHANGED')

  const done = await call(folder.path, 'resume', run, '--today')
  expect(done.stderr).toContain('goes by the job notes as it is now')
  expect(done.exit).toBe(0)
  expect(readFileSync(join(folder.path, 'out.jsonl'), 'utf8')).toContain('"length":')
  expect(readFileSync(join(folder.path, 'out.jsonl'), 'utf8')).not.toContain('"was":')
  expect(emulator.bill().requests).toBe(Math.max(billed, 10))

  // A run that is over is judged again by the job as it is now, once that is said.
  await mend(folder.path, 'length: row.text.length', 'size: row.text.length')
  expect((await call(folder.path, 'merge', run)).exit).toBe(2)
  const again = await call(folder.path, 'merge', run, '--today')
  expect(again.exit).toBe(0)
  expect(again.stdout).toContain('10 stored answers written again')
  expect(emulator.bill().requests).toBe(10)
})

test('a retry says that the requests go out as they were built', async () => {
  await using emulator = await startEmulator({ speed: 2_000 })
  using folder = temporaryFolder()
  await providerProject(folder.path, emulator)
  const ran = await call(folder.path, 'run', 'notes', '--max-cost', '$1')
  const run = firstRun(ran.stderr + ran.stdout)
  await mend(folder.path, '({ row }) => row.text', '({ row }) => `Shorten: ${row.text}`')
  const retried = await call(folder.path, 'retry', run, '--status', 'merged', '--only', '1')
  expect(retried.stderr.replaceAll(/\s+/g, ' ')).toContain('This sends the requests as they were built')
})

test('a configuration that changes under a worker is told on the screen, with what to do', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  await using worker = await serve(folder.path, ['dev', '--port', '0', '--emulator-port', '0', '--json'])
  let said = ''
  worker.child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()))
  await write(folder.path, { '.env': 'OPENAI_API_KEY=mended\n' })
  await expect
    .poll(() => said, { timeout: 20_000 })
    .toContain('.env changed. This process continues as it began: end it with Ctrl-C and start it again')
  expect((await worker.end('SIGTERM')).exit).toBe(0)
})

test('whoever starts a changed job while its run goes on is told that the run continues as it was begun', async () => {
  await using emulator = await startEmulator({ speed: 1, announces: false })
  using folder = temporaryFolder()
  await providerProject(folder.path, emulator)
  await call(folder.path, 'run', 'notes', '--max-cost', '$1', '--detach')
  const words = 'The job notes asks otherwise today; this run continues as it was begun.'
  const same = await call(folder.path, 'run', 'notes', '--max-cost', '$1', '--detach')
  expect(same.stderr).not.toContain(words)
  await mend(folder.path, '=> row.text,', "=> row.text + '!',")
  const other = await call(folder.path, 'run', 'notes', '--max-cost', '$1', '--detach')
  expect(other.stderr).toContain(words)
})
