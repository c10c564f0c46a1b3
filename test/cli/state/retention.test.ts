import { existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { notesProject } from '../notes-project.ts'
import { call, temporaryFolder } from '../project.ts'

test('files of ended runs go when their time is over, and what is known of each record stays', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, { config: "retention: { files: '0d' }" })
  await call(folder.path, 'run', 'notes', '--max-cost', '$1')
  const files = join(folder.path, '.offpeak', 'emulator', 'files')
  expect(readdirSync(files).length).toBeGreaterThan(0)

  expect(await call(folder.path, 'worker', '--once')).toMatchObject({ exit: 0 })
  expect(readdirSync(files)).toEqual(['_intents', 'project.json'])
  expect(existsSync(join(folder.path, 'out.jsonl'))).toBe(true)
  const shown = await call(folder.path, 'show', 'notes', '3', '--json')
  expect(JSON.parse(shown.stdout)).toMatchObject({ outcome: 'merged', request: null, answer: null })
})

const dayMs = 86_400_000

/** Makes a directory's files, and what its notes say, so many days older. */
function age(files: string, days: number): void {
  const then = new Date(Date.now() - days * dayMs)
  const names = readdirSync(files, { withFileTypes: true }).filter((entry) => entry.isFile())
  for (const { name } of names) utimesSync(join(files, name), then, then)
  for (const name of readdirSync(join(files, '_intents'))) {
    const path = join(files, '_intents', name)
    const note: object = JSON.parse(readFileSync(path, 'utf8'))
    writeFileSync(path, JSON.stringify({ ...note, at: then.getTime() }))
  }
}

test('notes of what was sent, and files of runs that the state does not know, stay as long as a provider may show their batches', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, { config: "retention: { files: '0d' }" })
  await call(folder.path, 'run', 'notes', '--max-cost', '$1')
  const state = join(folder.path, '.offpeak', 'emulator')
  const files = join(state, 'files')
  const there = readdirSync(files)
  for (const name of readdirSync(state).filter((file) => file.startsWith('state.db')))
    rmSync(join(state, name))

  age(files, 30)
  expect((await call(folder.path, 'clean', '--yes')).stderr).not.toContain('this state does not know')
  expect(readdirSync(files)).toEqual(there)

  age(files, 32)
  const dry = await call(folder.path, 'clean', '--dry-run')
  expect(dry.stderr).toMatch(/\d+ files \([\d.]+ k?B\) of runs that this state does not know/)
  expect(dry.stderr).toContain('1 note of what was sent')
  expect(readdirSync(files)).toEqual(there)
  expect(await call(folder.path, 'worker', '--once')).toMatchObject({ exit: 0 })
  expect(readdirSync(files)).toEqual(['_intents', 'project.json'])
  expect(readdirSync(join(files, '_intents'))).toEqual([])
})

test('a note stays as long as the files of its run', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, { config: "retention: { files: '60d' }" })
  await call(folder.path, 'run', 'notes', '--max-cost', '$1')
  const files = join(folder.path, '.offpeak', 'emulator', 'files')
  age(files, 50)
  await call(folder.path, 'worker', '--once')
  expect(readdirSync(join(files, '_intents'))).toHaveLength(1)
  await call(folder.path, 'clean', '--older-than', '1ms', '--yes')
  expect(readdirSync(join(files, '_intents'))).toEqual([])
  expect(readdirSync(files)).toEqual(['_intents', 'project.json'])
})
