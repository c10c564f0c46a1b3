import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { call, initProject, jsonOf, linesOf, temporaryFolder, write } from './project.ts'

test('init writes a project into an empty folder and says what comes next', async () => {
  using folder = temporaryFolder()
  const { exit, stdout, stderr } = await call(folder.path, 'init', 'cases')
  expect(exit).toBe(0)
  for (const file of [
    'offpeak.config.ts',
    'jobs/headnotes.job.ts',
    'data/cases.jsonl',
    '.env.example',
    'package.json',
    '.gitignore',
  ])
    expect(existsSync(join(folder.path, 'cases', file)), file).toBe(true)
  expect(stdout).toContain('data/cases.jsonl (50 records)')
  expect(stderr).toContain('cd cases')
  expect(stderr).toContain('npx offpeak dev')
})

test.each([
  ['headnotes', 'azure', 50],
  ['headnotes', 'openai', 50],
  ['headnotes', 'compatible', 50],
  ['products', 'azure', 27],
  ['products', 'openai', 27],
  ['products', 'compatible', 27],
  ['blank', 'azure', 3],
  ['blank', 'openai', 3],
  ['blank', 'compatible', 3],
])('what init writes from %s for %s can be planned as it is', async (template, provider, records) => {
  using folder = temporaryFolder()
  await initProject(folder.path, '--template', template, '--provider', provider)
  const planned = await call(folder.path, 'plan', template === 'blank' ? 'example' : template, '--json')
  expect(planned.stderr).toBe('')
  expect(jsonOf(planned)).toMatchObject({ toSend: records, unusable: 0, cost: expect.any(Object) })
})

test('what init writes runs to its end with the emulator', async () => {
  using folder = temporaryFolder()
  await initProject(folder.path)
  const { exit, stdout } = await call(folder.path, 'run', 'headnotes', '--max-cost', '$1')
  expect(stdout).toContain('50 of 50 records')
  expect(exit).toBe(0)
  const lines = linesOf(join(folder.path, 'out/headnotes.jsonl'), z.object({ key: z.string() }))
  expect(new Set(lines.map(({ key }) => key)).size).toBe(50)
})

test('init overwrites nothing: it lists what is in the way and writes no file at all', async () => {
  using folder = temporaryFolder()
  await write(folder.path, { 'jobs/headnotes.job.ts': 'mine', 'data/cases.jsonl': 'mine too' })
  const { exit, stderr } = await call(folder.path, 'init')
  expect(exit).toBe(2)
  expect(stderr).toContain('jobs/headnotes.job.ts')
  expect(stderr).toContain('data/cases.jsonl')
  expect(existsSync(join(folder.path, 'offpeak.config.ts'))).toBe(false)
  expect(readFileSync(join(folder.path, 'jobs/headnotes.job.ts'), 'utf8')).toBe('mine')
})

test('init leaves a package.json alone and adds to a .gitignore only what is missing', async () => {
  using folder = temporaryFolder()
  await write(folder.path, { 'package.json': '{"name":"mine"}', '.gitignore': 'node_modules/\n.env' })
  const { exit } = await call(folder.path, 'init')
  expect(exit).toBe(0)
  expect(readFileSync(join(folder.path, 'package.json'), 'utf8')).toBe('{"name":"mine"}')
  expect(readFileSync(join(folder.path, '.gitignore'), 'utf8')).toBe(
    'node_modules/\n.env\n.offpeak/\n.env.local\n',
  )
})
