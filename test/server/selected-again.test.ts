import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { everything } from '../../src/compose/selection.ts'
import { write } from '../cli/project.ts'
import { openServed } from './server-kit.ts'

test('a plan by REST and by the library names rows that lost their answers, and merging their run writes them again for nothing', async () => {
  await using served = await openServed({}, {}, async ({ dir, emulator }) => {
    await write(dir, {
      'jobs/texts.job.ts': `import { defineJob, openaiCompatible, sqlite, sql } from 'offpeak'
export default defineJob({
  name: 'texts', maxTokens: 50,
  model: openaiCompatible({ baseUrl: '${emulator.openaiBaseUrl}', apiKeyEnv: 'OFFPEAK_TEST_RUN_KEY' })('gpt-4o-mini'),
  from: sqlite.rows({ file: 'texts.db', query: sql\`select t.id, t.body from texts t where not exists (select 1 from digests d where d.id = t.id)\`, key: 'id' }),
  prompt: ({ row }) => String(row.body),
  to: { database: 'texts.db', upsert: 'digests', key: 'id', set: ({ key, output }) => ({ id: Number(key), digest: output }) },
})
`,
    })
    using database = new DatabaseSync(join(dir, 'texts.db'))
    database.exec(
      'create table texts (id integer primary key, body text); create table digests (id integer primary key, digest text)',
    )
    for (let id = 1; id <= 7; id += 1)
      database.prepare('insert into texts values (?, ?)').run(id, `Text ${id} tells of a ship.`)
  })
  const { ask, dir, emulator, offpeak } = served
  const { run } = await offpeak.start('texts', everything, 1_000_000)
  await offpeak.drive({ runIds: [run.id], signal: AbortSignal.timeout(30_000) })
  using database = new DatabaseSync(join(dir, 'texts.db'))
  const digests = (): unknown => database.prepare('select count(*) as digests from digests').get()
  expect(digests()).toEqual({ digests: 7 })
  const plan = async (body: object): Promise<unknown> =>
    (await ask('POST', '/api/v1/jobs/texts/plan', { body })).json
  expect(await plan({})).toMatchObject({ plan: { selected: 0, selectedAgain: null } })

  database.exec('delete from digests where id > 2')
  const before = emulator.bill()
  const found = { records: 5, runs: [run.id] }
  expect(await plan({})).toMatchObject({ plan: { selected: 5, toSend: 0, selectedAgain: found } })
  expect(await plan({ redo: true })).toMatchObject({ plan: { toSend: 5, selectedAgain: null } })
  expect(await offpeak.plan('texts', everything)).toMatchObject({ toSend: 0, selectedAgain: found })
  const merged = await ask('POST', `/api/v1/runs/${run.id}/merge`, { body: {} })
  expect(merged.status).toBe(200)
  expect(digests()).toEqual({ digests: 7 })
  expect(emulator.bill()).toEqual(before)
})
