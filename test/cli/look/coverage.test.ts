import { readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { call, jsonOf, temporaryFolder, write } from '../project.ts'

interface Note {
  readonly id: number
  readonly section: string
  readonly text: string
}

const sections = ['ships', 'trains']

/** Six notes, each asked for in two languages; `job` are further lines. */
async function project(dir: string, job = ''): Promise<void> {
  await write(dir, {
    'offpeak.config.ts':
      "import { defineConfig } from 'offpeak'\nexport default defineConfig({ emulator: { speed: 2000, write: true }, timings: { pollEveryMs: 50 } })\n",
    'jobs/notes.job.ts': `import { defineJob, jsonl, openai } from 'offpeak'
import { z } from 'zod'
const locales = ['de', 'fr']
export default defineJob({
  name: 'notes',
  params: z.object({ only: z.string().optional() }),
  from: ({ params }) => jsonl.rows({ file: 'notes.jsonl', key: 'id', row: z.object({ id: z.number(), section: z.string(), text: z.string() }) })
    .filter(({ section }) => params.only === undefined || section === params.only)
    .flatMap((row) => locales.map((locale) => ({ ...row, locale })))
    .key('id', 'locale'),
  model: openai('gpt-4o-mini'), maxTokens: 60,
  prompt: ({ row }) => \`Put into \${row.locale}: \${row.text}\`,
  output: z.object({ text: z.string() }),
  ${job}
})
`,
  })
  notes(dir, (note) => note)
}

function notes(dir: string, change: (note: Note) => Note): void {
  const all = Array.from({ length: 6 }, (_, id) => ({
    id,
    section: sections[id % 2] ?? '',
    text: `Note ${id} tells of a ship. ${id === 1 ? '[[refusal]]' : ''}`,
  }))
  writeFileSync(join(dir, 'notes.jsonl'), all.map((note) => `${JSON.stringify(change(note))}\n`).join(''))
}

const joined =
  "join: { jsonl: 'out.jsonl', line: ({ output }) => ({ texts: output.map(({ text }) => text) }) },"

test('tells of every record whether it is done, changed, not accepted or never asked, in groups', async () => {
  using folder = temporaryFolder()
  await project(folder.path, joined)
  const before = jsonOf(await call(folder.path, 'jobs', 'notes', '--coverage', '--json'))
  expect(before).toEqual({
    schema: 'offpeak.coverage/2',
    job: 'notes',
    by: [],
    all: { total: 12, done: 0, stale: 0, failed: 0, never: 12 },
    groups: [{ values: {}, total: 12, done: 0, stale: 0, failed: 0, never: 12 }],
    isTruncated: false,
  })
  const ran = await call(folder.path, 'run', 'notes', '-p', 'only=ships', '--max-cost', '$1')
  expect(ran.exit, ran.stderr).toBe(0)
  await call(folder.path, 'run', 'notes', '--only', '1', '--max-cost', '$1')
  // The row of one of them changes.
  notes(folder.path, (note) => (note.id === 2 ? { ...note, text: 'Another text.' } : note))
  const by = jsonOf(
    await call(folder.path, 'jobs', 'notes', '--coverage', '--by', 'section,locale', '--json'),
  )
  const ships = { total: 3, done: 2, stale: 1, failed: 0, never: 0 }
  const trains = { total: 3, done: 0, stale: 0, failed: 1, never: 2 }
  expect(by).toMatchObject({
    by: ['section', 'locale'],
    all: { total: 12, done: 4, stale: 2, failed: 2, never: 4 },
    groups: [
      { values: { section: 'ships', locale: 'de' }, ...ships },
      { values: { section: 'ships', locale: 'fr' }, ...ships },
      { values: { section: 'trains', locale: 'de' }, ...trains },
      { values: { section: 'trains', locale: 'fr' }, ...trains },
    ],
  })
  const some = await call(folder.path, 'jobs', 'notes', '--coverage', '-p', 'only=trains', '--json')
  expect(jsonOf(some)).toMatchObject({ all: { total: 6, done: 0, failed: 2 } })
  const shown = await call(folder.path, 'jobs', 'notes', '--coverage', '--by', 'section')
  expect(shown.stdout).toContain('4 of 12 records done, 2 changed since, 2 not accepted, 4 never asked')
  expect(shown.stdout).toMatch(/ships +#{13}-{7} +67 % +6 +2 +0 +0/)
})

test('a file that was removed is to be written again, and one that is there counts as done', async () => {
  using folder = temporaryFolder()
  await project(
    folder.path,
    'to: { file: ({ row }) => `out/${row.id}.${row.locale}.txt`, content: ({ output }) => output.text, skipExisting: true },',
  )
  await write(folder.path, { 'out/3.de.txt': 'Written by hand.' })
  await call(folder.path, 'run', 'notes', '-p', 'only=ships', '--max-cost', '$1')
  expect(readFileSync(join(folder.path, 'out/0.de.txt'), 'utf8')).not.toBe('')
  const all = async (): Promise<unknown> =>
    jsonOf(await call(folder.path, 'jobs', 'notes', '--coverage', '--json'))
  expect(await all()).toMatchObject({ all: { total: 12, done: 7, stale: 0, never: 5 } })
  unlinkSync(join(folder.path, 'out/0.de.txt'))
  expect(await all()).toMatchObject({ all: { total: 12, done: 6, stale: 1, never: 5 } })
})

test('says which fields there are, and that they are those of one job', async () => {
  using folder = temporaryFolder()
  await project(folder.path, joined)
  const wrong = await call(folder.path, 'jobs', 'notes', '--coverage', '--by', 'place')
  expect(wrong.exit).toBe(2)
  expect(wrong.stderr).toMatch(/no row of notes has the field place/i)
  expect(wrong.stderr).toContain('id, section, text, locale')
  expect((await call(folder.path, 'jobs', '--by', 'section')).exit).toBe(2)
  expect(jsonOf(await call(folder.path, 'jobs', '--coverage', '--json'))).toMatchObject({
    schema: 'offpeak.coverages/2',
    jobs: [{ job: 'notes', all: { total: 12, never: 12 } }],
  })
})
