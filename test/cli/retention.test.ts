import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { notesProject } from './notes-project.ts'
import { call, temporaryFolder } from './project.ts'

test('files of ended runs go when their time is over, and what is known of each record stays', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, { config: "retention: { files: '0d' }" })
  await call(folder.path, 'run', 'notes', '--max-cost', '$1')
  const files = join(folder.path, '.offpeak', 'emulator', 'files')
  expect(readdirSync(files).length).toBeGreaterThan(0)

  expect(await call(folder.path, 'worker', '--once')).toMatchObject({ exit: 0 })
  expect(readdirSync(files)).toEqual(['project.json'])
  expect(existsSync(join(folder.path, 'out.jsonl'))).toBe(true)
  const shown = await call(folder.path, 'show', 'notes', '3', '--json')
  expect(JSON.parse(shown.stdout)).toMatchObject({ outcome: 'merged', request: null, answer: null })
})
