import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startEmulator } from '../../../src/emulator/index.ts'
import { notesProject } from '../notes-project.ts'
import { call, providerProject, temporaryFolder } from '../project.ts'

const sinks = {
  jsonl: { to: "{ jsonl: 'rows', line: ({ output }) => ({ summary: output.summary }) }", head: 0 },
  csv: { to: "{ csv: 'rows', line: ({ output }) => ({ summary: output.summary }) }", head: 1 },
} as const

for (const [name, { to, head }] of Object.entries(sinks))
  test(`a ${name} file has each record once after the state was restored from before the merge, and after it was lost`, async () => {
    using folder = temporaryFolder()
    await notesProject(folder.path, {
      records: 40,
      config: 'batch: { maxRequests: 10 }',
      job: `to: ${to},`,
      budget: '$5',
    })
    const state = join(folder.path, '.offpeak', 'emulator')
    const stateFiles = (): readonly string[] =>
      readdirSync(state).filter((file) => file.startsWith('state.db'))
    const rows = (): readonly string[] =>
      readFileSync(join(folder.path, 'rows'), 'utf8').trimEnd().split('\n').slice(head)
    await call(folder.path, 'run', 'notes', '--yes', '--detach')
    const backup = join(folder.path, 'backup')
    mkdirSync(backup)
    for (const file of stateFiles()) cpSync(join(state, file), join(backup, file))
    expect((await call(folder.path, 'resume', 'notes')).exit).toBe(0)
    expect(rows()).toHaveLength(40)
    const before = rows()

    for (const file of stateFiles()) rmSync(join(state, file))
    cpSync(backup, state, { recursive: true })
    await call(folder.path, 'resume', 'notes')
    expect(rows()).toEqual(before)

    for (const file of stateFiles()) rmSync(join(state, file))
    await call(folder.path, 'run', 'notes', '--yes')
    expect(rows()).toEqual(before)
  })

test('a file that has lost lines which were written to it is written again as the error says, and nothing is bought again', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 2_000 })
  await providerProject(folder.path, emulator)
  const out = join(folder.path, 'out.jsonl')
  const rows = (): readonly string[] => readFileSync(out, 'utf8').trimEnd().split('\n').toSorted()
  expect((await call(folder.path, 'run', 'notes', '--max-cost', '$1')).exit).toBe(0)
  const before = rows()
  truncateSync(out, 100)

  const refused = await call(folder.path, 'merge', 'notes')
  expect(refused.exit).toBe(1)
  expect(refused.stderr.replaceAll(/\s+/g, ' ')).toContain(
    '`offpeak merge <run>` of each run that wrote to it',
  )
  rmSync(out)
  rmSync(`${out}.offpeak`)
  expect((await call(folder.path, 'merge', 'notes')).exit).toBe(0)
  expect(rows()).toEqual(before)
  expect(emulator.bill()).toMatchObject({ requests: 10, duplicate_requests: 0 })
})
