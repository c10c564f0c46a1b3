import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { startEmulator } from '../../../src/emulator/index.ts'
import { z } from 'zod'
import { readJson } from '../notes-project.ts'
import { call, temporaryFolder, write } from '../project.ts'

const status = z.object({ run: z.string() })

test('headnotes that somebody has set to NULL are named as done, with the choice to write them again or to ask again', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 2_000, announces: false })
  await write(folder.path, {
    'offpeak.config.ts': 'export default { timings: { pollEveryMs: 50 } }\n',
    '.env': 'OFFPEAK_TEST_AGAIN_KEY=any-key\n',
    'jobs/notes.job.ts': `import { defineJob, openaiCompatible, sqlite, sql } from 'offpeak'
export default defineJob({
  name: 'notes', maxTokens: 50,
  model: openaiCompatible({ baseUrl: '${emulator.openaiBaseUrl}', apiKeyEnv: 'OFFPEAK_TEST_AGAIN_KEY' })('gpt-4o-mini'),
  from: sqlite.rows({ file: 'notes.db', query: sql\`select id, text from notes where summary is null\`, key: 'id' }),
  prompt: ({ row }) => String(row.text),
  to: { database: 'notes.db', table: 'notes', set: ({ output }) => ({ summary: output }) },
})
`,
  })
  const database = new DatabaseSync(join(folder.path, 'notes.db'))
  database.exec('create table notes (id integer primary key, text text, summary text)')
  for (let id = 1; id <= 9; id += 1)
    database.prepare('insert into notes values (?, ?, null)').run(id, `Note ${id} tells of a ship.`)
  const open = (): unknown =>
    database.prepare('select count(*) as open from notes where summary is null').get()
  await call(folder.path, 'run', 'notes', '--max-cost', '$1')
  expect(open()).toEqual({ open: 0 })
  const { run } = readJson(status, await call(folder.path, 'status', 'notes', '--json'))
  const words = `6 records are done and selected again: the table may not have the answers any more offpeak merge ${run} writes the stored answers again, at no cost offpeak plan notes --redo says what asking again costs`
  const isNamed = async (verb = 'plan'): Promise<boolean> => {
    const { stdout, stderr } = await call(folder.path, verb, 'notes', ...(verb === 'run' ? ['--yes'] : []))
    return `${stdout}${stderr}`.replaceAll(/\s+/g, ' ').includes(words)
  }
  expect(await isNamed()).toBe(false)
  database.exec('update notes set summary = null where id <= 6')
  expect(await isNamed()).toBe(true)
  const before = emulator.bill()
  expect(await isNamed('run')).toBe(true)
  const inJson = await call(folder.path, 'plan', 'notes', '--json')
  expect(JSON.parse(inJson.stdout)).toMatchObject({ toSend: 0, selectedAgain: { records: 6, runs: [run] } })
  await call(folder.path, 'merge', run)
  expect(open()).toEqual({ open: 0 })
  expect(emulator.bill()).toEqual(before)
  expect(await isNamed()).toBe(false)
  database.close()
})
