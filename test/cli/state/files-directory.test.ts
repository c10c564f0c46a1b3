import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { readMarker } from '../../../src/engine/files/project-marker.ts'
import { openStore } from '../../../src/stores/open.ts'
import { createDatabase } from '../../support/postgres.ts'
import { startEmulator } from '../../../src/emulator/index.ts'
import { notesProject } from '../notes-project.ts'
import { call, jsonOf, linesOf, temporaryFolder } from '../project.ts'

const doctor = z.object({
  checks: z.array(z.object({ name: z.string(), state: z.string(), message: z.string() })),
})
const line = z.looseObject({ key: z.string() })

test('a worker on another machine that does not see the files of the project takes no work, says so, and takes it when it sees them', async () => {
  await using database = await createDatabase()
  using here = temporaryFolder()
  using there = temporaryFolder()
  const state = `state: '${database.url}'`
  await using provider = await startEmulator({ speed: 2_000 })
  const options = {
    emulator: 'none',
    model: `openaiCompatible({ baseUrl: '${provider.openaiBaseUrl}', apiKeyEnv: 'OFFPEAK_TEST_KEY_files' })('gpt-4o-mini')`,
    config: state,
  } as const
  await notesProject(here.path, options)
  await notesProject(there.path, options)
  for (const { path } of [here, there]) writeFileSync(join(path, '.env'), 'OFFPEAK_TEST_KEY_files=any\n')
  expect((await call(here.path, 'build', 'notes')).exit).toBe(0)

  const worked = await call(there.path, 'worker', '--once')
  expect(worked.exit).toBe(1)
  expect(worked.stderr).toContain('does not see the files of the project')
  expect(worked.stderr).toContain('its files directory has no project.json')
  expect(worked.stderr).toContain('Fix')
  expect(existsSync(join(there.path, '.offpeak/files'))).toBe(false)
  for (const command of [
    ['submit', 'notes', '--yes'],
    ['resume', 'notes'],
  ])
    expect((await call(there.path, ...command)).stderr).toContain('E_FILES')
  const found = await call(there.path, 'doctor', '--json')
  expect(doctor.parse(jsonOf(found)).checks).toContainEqual(
    expect.objectContaining({ name: 'files', state: 'fail' }),
  )
  // What only reads works from anywhere.
  expect((await call(there.path, 'status', 'notes')).exit).toBe(0)

  writeFileSync(
    join(there.path, 'offpeak.config.ts'),
    readFileSync(join(here.path, 'offpeak.config.ts'), 'utf8').replace(
      'state:',
      `files: '${join(here.path, '.offpeak/files')}', state:`,
    ),
  )
  const submitted = await call(there.path, 'submit', 'notes', '--yes')
  expect(submitted.exit, submitted.stderr).toBe(0)
  expect((await call(there.path, 'resume', 'notes')).exit).toBe(0)
  expect(linesOf(join(there.path, 'out.jsonl'), line)).toHaveLength(12)
}, 60_000)

test('a directory of another project, or a second one of the same project, is refused; a copy of the first is not', async () => {
  using folder = temporaryFolder()
  using other = temporaryFolder()
  await notesProject(folder.path)
  await notesProject(other.path)
  expect((await call(folder.path, 'run', 'notes', '--yes')).exit).toBe(0)
  expect((await call(other.path, 'run', 'notes', '--yes')).exit).toBe(0)
  const files = join(folder.path, '.offpeak/emulator/files')
  const own = readMarker(files)
  rmSync(files, { recursive: true })
  cpSync(join(other.path, '.offpeak/emulator/files'), files, { recursive: true })
  const mistaken = await call(folder.path, 'worker', '--once')
  expect(mistaken.exit).toBe(1)
  expect(mistaken.stderr).toContain(`that of project ${readMarker(files)?.project}`)
  expect(mistaken.stderr).toContain('Nothing was sent.')

  rmSync(files, { recursive: true })
  expect((await call(folder.path, 'worker', '--once')).stderr).toContain('E_FILES')
  const adopted = await call(folder.path, 'clean', '--adopt-files')
  expect(adopted.exit).toBe(0)
  expect(readMarker(files)).toMatchObject({ project: own?.project })
  expect(readMarker(files)?.directory).not.toBe(own?.directory)
  expect((await call(folder.path, 'worker', '--once')).exit).toBe(0)
  expect(linesOf(join(folder.path, 'out.jsonl'), line)).toHaveLength(12)

  const moved = join(folder.path, 'moved')
  cpSync(files, moved, { recursive: true })
  const config = join(folder.path, 'offpeak.config.ts')
  writeFileSync(config, readFileSync(config, 'utf8').replace('timings:', "files: 'moved', timings:"))
  expect((await call(folder.path, 'worker', '--once')).exit).toBe(0)
})

test('a new state where files are takes over the identity of their project, and says that it is new', async () => {
  using folder = temporaryFolder()
  const marker = { project: 'first', directory: 'd1' }
  for (const [name, bytes] of [
    ['missing.db', null],
    ['empty.db', ''],
  ] as const) {
    const path = join(folder.path, name)
    if (bytes !== null) writeFileSync(path, bytes)
    {
      await using store = await openStore(path, 'another', { marker })
      expect(store).toMatchObject({ projectId: 'first', isNewBesideFiles: true })
      expect(await store.filesDirectory()).toBe('d1')
    }
    await using again = await openStore(path, 'another', { marker })
    expect(again).toMatchObject({ projectId: 'first', isNewBesideFiles: true })
  }
  await using alone = await openStore(join(folder.path, 'alone.db'), 'another')
  expect(alone).toMatchObject({ projectId: 'another', isNewBesideFiles: false })
})

test('a marker that cannot be read is told with the way out', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  await call(folder.path, 'run', 'notes', '--yes')
  const path = join(folder.path, '.offpeak/emulator/files/project.json')
  writeFileSync(path, '{')
  const called = await call(folder.path, 'run', 'notes', '--yes')
  expect(called.stderr).toContain('The marker of the files directory cannot be read')
  rmSync(path)
  expect((await call(folder.path, 'clean', '--adopt-files')).exit).toBe(0)
  expect((await call(folder.path, 'run', 'notes', '--yes')).exit).toBe(0)
})
