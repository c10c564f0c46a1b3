import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { z } from 'zod'
import * as offpeak from '../../src/index.ts'
import type { Offpeak } from '../../src/offpeak.ts'
import { temporaryFolder, write } from '../cli/project.ts'

interface Options {
  readonly rows: string
  readonly table: string
  readonly key?: string
  readonly settings?: string
  readonly to?: string
  readonly output?: string
}

/** A project whose CSV rows are answered into a table of SQLite by the emulator. */
async function open(
  dir: string,
  { rows, table, key = 'id', settings = '', to, output }: Options,
): Promise<Offpeak> {
  const database = new DatabaseSync(join(dir, 'notes.db'))
  database.exec(table)
  database.close()
  await write(dir, {
    'offpeak.config.ts': `import { defineConfig } from 'offpeak'
export default defineConfig({ emulator: { speed: 2000, write: true }, timings: { pollEveryMs: 30 }, ${settings} })
`,
    'notes.csv': rows,
    'jobs/notes.job.ts': `import { csv, defineJob, openai } from 'offpeak'
import { z } from 'zod'
export default defineJob({
  name: 'notes',
  from: csv.rows({ file: 'notes.csv', key: '${key}' }),
  model: openai('gpt-4o-mini'), maxTokens: 60,
  prompt: ({ row }) => String(row.text),
  output: ${output ?? 'z.object({ summary: z.string() })'},
  to: ${to ?? "{ database: 'notes.db', table: 'notes', set: ({ output }) => ({ summary: output.summary }) }"},
})
`,
  })
  return offpeak.openOffpeak({ cwd: dir, modules: { offpeak, zod: { z } } })
}

function all(dir: string, text: string): readonly unknown[] {
  const database = new DatabaseSync(join(dir, 'notes.db'))
  try {
    return database.prepare(text).all()
  } finally {
    database.close()
  }
}

async function run(project: Offpeak): Promise<string> {
  const { run: started } = await project.start('notes', offpeak.everything, 1_000_000)
  await project.drive({ runIds: [started.id], signal: AbortSignal.timeout(60_000) })
  return started.id
}

test('nothing is bought for a key that several rows of the table have, or none', async () => {
  using folder = temporaryFolder()
  await using project = await open(folder.path, {
    rows: 'id,text\na,One ship.\nb,Two ships.\nc,Three ships.\n',
    table: `create table notes (id text, summary text); insert into notes (id) values ('a'), ('b'), ('b')`,
  })
  const plan = await project.plan('notes', offpeak.everything)
  expect(plan).toMatchObject({ selected: 3, toSend: 1, unusable: 2 })
  expect(plan.unusableExample).toEqual({
    key: 'b',
    reason: expect.stringContaining('2 rows of notes have this key (id)'),
  })
  const id = await run(project)
  expect((await project.status(id)).counts).toEqual({ merged: 1, unrenderable: 2 })
  expect(all(folder.path, `select count(*) as n from notes where summary is not null`)).toEqual([{ n: 1 }])
})
