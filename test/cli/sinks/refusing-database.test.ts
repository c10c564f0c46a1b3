import { afterAll, beforeAll, expect, test } from 'vitest'
import { Client } from 'pg'
import { createDatabase } from '../../support/postgres.ts'
import { call, emulatorConfig, temporaryFolder, write } from '../project.ts'

let database: Awaited<ReturnType<typeof createDatabase>>
let client: Client
beforeAll(async () => {
  database = await createDatabase()
  client = new Client({ connectionString: database.url })
  await client.connect()
})
afterAll(async () => {
  await client.end()
  await database[Symbol.asyncDispose]()
})

const job = `import { defineJob, openai, postgres, sql } from 'offpeak'
export default defineJob({
  name: 'notes',
  from: postgres.rows({ query: sql\`select id, body from notes\`, key: 'id' }),
  model: openai('gpt-4o-mini'),
  maxTokens: 30,
  prompt: ({ row }) => String(row.body),
  to: { table: 'notes', set: ({ output }) => ({ summary: output }) },
})
`

test.for([
  ['53100', 'has no disk space left'],
  ['25006', 'is read-only'],
  ['42501', 'does not permit this'],
  ['57014', 'stopped a statement'],
] as const)(
  'a database that says %s pauses the run with the words, and it continues',
  { timeout: 60_000 },
  async ([code, words]) => {
    using folder = temporaryFolder()
    await write(folder.path, {
      'offpeak.config.ts': emulatorConfig.replace(
        'budget:',
        `database: '${database.url}', timings: { pollEveryMs: 50 }, budget:`,
      ),
      'jobs/notes.job.ts': job,
    })
    await client.query(
      `drop table if exists notes; create table notes as select id, 'text ' || id as body, null::text as summary from generate_series(1, 4) id;
       alter table notes add primary key (id);
       create or replace function refuse() returns trigger language plpgsql as $$ begin
         raise exception 'not now' using errcode = '${code}'; end $$`,
    )
    expect((await call(folder.path, 'build', 'notes')).exit).toBe(0)
    // After the rehearsal: the answers come when the table does not take them any more.
    await client.query('create trigger refuse before update on notes for each row execute function refuse()')
    expect((await call(folder.path, 'submit', 'notes', '--yes')).exit).toBe(0)
    const ran = await call(folder.path, 'resume', 'notes')
    expect(ran.exit, ran.stderr).toBe(2)
    expect(ran.stderr.replaceAll(/\s+/g, ' ')).toContain(`${words}: ${code}: not now`)
    expect(ran.stderr).toContain('is paused')
    // A cancel that cannot end waits for a while; one of the codes shows it.
    if (code === '53100') {
      const cancelled = await call(folder.path, 'cancel', 'notes', '--yes')
      expect(cancelled.exit, cancelled.stderr).toBe(7)
      expect(cancelled.stderr.replaceAll(/\s+/g, ' ')).toContain(`${words}: ${code}: not now`)
    }
    await client.query('drop trigger refuse on notes')
    const resumed = await call(folder.path, 'resume', 'notes')
    expect(resumed.stdout, resumed.stderr).toContain('4 of 4 records are in notes')
    expect((await client.query('select count(summary)::int as n from notes')).rows).toEqual([{ n: 4 }])
  },
)
