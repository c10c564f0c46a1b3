import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { type Emulator, startEmulator } from '../../../src/emulator/index.ts'
import { callOnTerminal, jsonLines, notesProject } from '../notes-project.ts'
import { call, providerProject, temporaryFolder } from '../project.ts'

function filesAt(emulator: Emulator): readonly string[] {
  return z
    .array(z.looseObject({ id: z.string() }))
    .parse(emulator.state().files)
    .map(({ id }) => id)
}

/** What stays when the files of a run go: who the directory belongs to, and notes of what was sent. */
const keptFiles = ['_intents', 'project.json']

test('clean removes the files of ended runs, after showing them, and leaves what is known of each record', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  const files = join(folder.path, '.offpeak', 'emulator', 'files')
  expect((await call(folder.path, 'clean')).stderr).toContain('No files here are of runs that ended')
  await call(folder.path, 'run', 'notes', '--yes')
  expect((await call(folder.path, 'clean')).stderr).toContain('more than 30 d ago')
  await sleep(10)
  const there = readdirSync(files)
  const dry = await call(folder.path, 'clean', '--older-than', '1ms', '--dry-run')
  expect(dry.exit).toBe(0)
  expect(dry.stdout).toMatch(/\w+ +notes +just now +\d+ +[\d.]+ k?B/)
  expect(dry.stderr).toContain('Nothing was removed.')
  const declined = await callOnTerminal(folder.path, { answers: ['n'] }, 'clean', '--older-than', '1ms')
  expect(declined).toMatchObject({ exit: 2, questions: ['  Remove them?  y/N  '] })
  expect(readdirSync(files)).toEqual(there)
  const json = jsonLines(await call(folder.path, 'clean', '--older-than', '1ms', '--json'))
  expect(json).toMatchObject([
    {
      schema: 'offpeak.clean/2',
      dryRun: false,
      local: [{ job: 'notes', files: there.length - keptFiles.length }],
      unknown: { files: 0 },
      notes: 0,
      remote: [],
    },
  ])
  expect(readdirSync(files)).toEqual(keptFiles)
  expect(existsSync(join(folder.path, 'out.jsonl'))).toBe(true)
  expect((await call(folder.path, 'show', 'notes', '3', '--json')).stdout).toContain('"merged"')
  expect(await call(folder.path, 'retry', 'notes', '--status', 'merged', '--max-cost', '$1')).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining('were removed'),
  })
})

test('clean takes nothing from a run that continues, here or at the provider', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 1 })
  await providerProject(folder.path, emulator)
  await call(folder.path, 'run', 'notes', '--max-cost', '$1', '--detach')
  const [here, there] = [readdirSync(join(folder.path, '.offpeak', 'files')), filesAt(emulator)]
  expect(there).toHaveLength(1)
  await sleep(10)
  const cleaned = await call(folder.path, 'clean', '--remote-files', '--older-than', '1ms', '--yes')
  expect(cleaned.exit).toBe(0)
  expect(cleaned.stdout).toContain('stays: its run continues')
  expect(readdirSync(join(folder.path, '.offpeak', 'files'))).toEqual(here)
  expect(filesAt(emulator)).toEqual(there)
  emulator.advanceClock(86_400_000)
  expect((await call(folder.path, 'resume')).exit).toBe(0)
})

test('what could not be deleted at the provider at the end of a run is deleted by clean', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 1_000 })
  await providerProject(folder.path, emulator)
  emulator.addFault({
    operation: 'files.delete',
    when: 'before',
    times: 1_000,
    action: { type: 'status', status: 500 },
  })
  expect((await call(folder.path, 'run', 'notes', '--max-cost', '$1')).exit).toBe(0)
  expect(filesAt(emulator)).toHaveLength(2)
  const failed = await call(folder.path, 'clean', '--remote-files')
  expect(failed.exit).toBe(1)
  expect(failed.stderr).toContain('2 files could not be removed at the provider')
  emulator.clearFaults()
  const form = new FormData()
  form.set('purpose', 'batch')
  form.set('file', new Blob(['{}\n']), 'theirs.jsonl')
  await fetch(`${emulator.openaiBaseUrl}/files`, {
    method: 'POST',
    headers: { authorization: 'Bearer any-key' },
    body: form,
  })
  const cleaned = await call(folder.path, 'clean', '--remote-files')
  expect(cleaned.stderr).toContain('Removed 0 files here and 2 files at the provider.')
  expect(filesAt(emulator)).toHaveLength(1)
  expect((await call(folder.path, 'clean', '--remote-files')).stderr).toContain(
    'No files of ours are at the provider.',
  )
})
