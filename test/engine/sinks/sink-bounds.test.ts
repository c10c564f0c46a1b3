import { join } from 'node:path'
import { openProject } from '../../../src/compose/open-project.ts'
import { everything } from '../../../src/compose/selection.ts'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { openDatabase } from '../../../src/connectors/database/database.ts'
import * as offpeak from '../../../src/index.ts'
import { temporaryFolder, write } from '../../cli/project.ts'
import { run } from './sink-kit.ts'

test('nothing is bought for a record whose key or text is longer than its column', async () => {
  using folder = temporaryFolder()
  await write(folder.path, {
    'offpeak.config.ts': `import { defineConfig } from 'offpeak'
export default defineConfig({ database: 'pglite:./db', emulator: { speed: 2000, write: true }, timings: { pollEveryMs: 30 } })\n`,
    'notes.jsonl': [
      { id: 'a', name: 'One', text: 'One ship.' },
      { id: 'much-too-long', name: 'Two', text: 'Two ships.' },
      { id: 'c', name: 'Three and more', text: 'Three ships.' },
      { id: 'd', name: '\u{1F6A2}'.repeat(8), text: 'Four ships.' },
    ]
      .map((row) => `${JSON.stringify(row)}\n`)
      .join(''),
    'jobs/notes.job.ts': `import { defineJob, jsonl, openai } from 'offpeak'
export default defineJob({
  name: 'notes', from: jsonl.rows({ file: 'notes.jsonl', key: 'id' }), model: openai('gpt-4o-mini'), maxTokens: 60,
  prompt: ({ row }) => row.text,
  to: { upsert: 'notes', key: 'id', set: ({ row, output }) => ({ id: row.id, name: row.name, summary: output }) },
})\n`,
  })
  {
    await using database = await openDatabase(`pglite:${join(folder.path, 'db')}`)
    await database.exec('create table notes (id varchar(10) primary key, name varchar(8), summary text)')
  }
  await using project = await openProject({ cwd: folder.path, modules: { offpeak, zod: { z } } })
  expect(await project.plan('notes', everything)).toMatchObject({ toSend: 2, unusable: 2 })
  const id = await run(project)
  expect((await project.status(id)).counts).toEqual({ merged: 2, unrenderable: 2 })
  expect((await project.record(id, 'much-too-long')).reason).toBe(
    'id: has 13 characters, and the column takes 10',
  )
  expect((await project.record(id, 'c')).reason).toBe('name: has 14 characters, and the column takes 8')
})

test('what a job puts together of a row is known to be too long before money, and of row and answer is warned of', async () => {
  using folder = temporaryFolder()
  await write(folder.path, {
    'offpeak.config.ts': `import { defineConfig } from 'offpeak'
export default defineConfig({ database: 'pglite:./db', emulator: { speed: 2000, write: true }, timings: { pollEveryMs: 30 } })\n`,
    'notes.jsonl': [
      { shop: 'a', id: 1, name: 'One' },
      { shop: 'far-away', id: 2, name: 'Two' },
      { shop: 'c', id: 3, name: 'Three and many more' },
    ]
      .map((row) => `${JSON.stringify(row)}\n`)
      .join(''),
    'jobs/notes.job.ts': `import { defineJob, jsonl, openai } from 'offpeak'
import { z } from 'zod'
export default defineJob({
  name: 'notes', from: jsonl.rows({ file: 'notes.jsonl', key: 'id' }), model: openai('gpt-4o-mini'), maxTokens: 60,
  prompt: ({ row }) => row.name, output: z.object({ mood: z.enum(['good', 'bad']) }),
  to: { upsert: 'notes', key: 'id', set: ({ row, output }) => ({
    id: row.shop + '-' + row.id, title: row.name + ' (' + output.mood + ')', mood: output.mood }) },
})\n`,
  })
  {
    await using database = await openDatabase(`pglite:${join(folder.path, 'db')}`)
    await database.exec(
      'create domain handle as varchar(8); create table notes (id handle primary key, title varchar(20), mood varchar(4))',
    )
  }
  await using project = await openProject({ cwd: folder.path, modules: { offpeak, zod: { z } } })
  const plan = await project.plan('notes', everything)
  expect(plan).toMatchObject({ toSend: 2, unusable: 1 })
  expect(plan.warnings).toContainEqual(
    expect.stringContaining(
      'a short answer to record 3 cannot be written: title: has 26 characters, and the column takes 20',
    ),
  )
  expect(JSON.stringify(plan.warnings)).not.toContain('mood:')
  const id = await run(project)
  expect((await project.status(id)).counts).toEqual({ merged: 1, rejected: 1, unrenderable: 1 })
  expect((await project.record(id, '2')).reason).toBe('id: has 10 characters, and the column takes 8')
})
