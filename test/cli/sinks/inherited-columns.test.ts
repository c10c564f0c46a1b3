import { DatabaseSync } from 'node:sqlite'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { call, linesOf, temporaryFolder, write } from '../project.ts'

const names = Object.getOwnPropertyNames(Object.prototype)
/** The library of the schema leaves `__proto__` out of what it reads, so that no answer can have it. */
const fields = names.filter((name) => name !== '__proto__')
const valueOf = (name: string, id: number): string => `${name} of ${id}`

const job = (name: string, to: string): string => `import { csv, defineJob, openai, sqlite } from 'offpeak'
import { z } from 'zod'
export default defineJob({
  name: '${name}',
  from: csv.rows({ file: 'rows.csv', key: 'constructor' }).limitPer('toString', 9),
  model: openai('gpt-4o-mini'),
  prompt: ({ row }) => \`Say something of \${row.constructor} and \${row.__proto__}.\`,
  output: z.object({ ${fields.map((field) => `${field}: z.string()`).join(', ')} }),
  to: ${to},
})
`

test('rows, schemas and tables may call their columns as every object calls what it inherits', async () => {
  using folder = temporaryFolder()
  const path = (name: string): string => join(folder.path, name)
  const rows = [0, 1, 2].map((id) => names.map((name) => valueOf(name, id)).join(','))
  const column = (name: string): string => `"${name}"`
  using database = new DatabaseSync(path('rows.db'))
  database.exec(
    `create table answers (${names.map((name) => `${column(name)} text`).join(', ')}, unique (${column('constructor')}))`,
  )
  await write(folder.path, {
    'offpeak.config.ts': `export default { emulator: { speed: 2000, write: true }, timings: { pollEveryMs: 30 } }\n`,
    'rows.csv': `${names.join(',')}\n${rows.join('\n')}\n`,
    'jobs/a.job.ts': job('a', `{ jsonl: 'a.jsonl', line: ({ row, output }) => ({ row, output }) }`),
    'jobs/b.job.ts': job('b', `{ csv: 'b.csv', line: ({ row }) => ({ ...row }) }`),
    'jobs/c.job.ts': job(
      'c',
      `{ database: 'rows.db', upsert: 'answers', key: 'constructor', set: ({ row, output }) => ({ ...row, valueOf: output.valueOf }) }`,
    ),
  })
  for (const name of ['a', 'b', 'c']) {
    const ran = await call(folder.path, 'run', name, '--yes', '--max-cost', '$1')
    expect(ran.exit, `${name}: ${ran.stderr}`).toBe(0)
  }
  const line = z.looseObject({ key: z.string(), row: z.unknown(), output: z.record(z.string(), z.string()) })
  const lines = linesOf(path('a.jsonl'), line)
  expect(lines.map(({ key }) => key).toSorted()).toEqual([0, 1, 2].map((id) => valueOf('constructor', id)))
  for (const { key, row, output } of lines) {
    const id = Number(key.at(-1))
    expect(Object.entries(Object(row))).toEqual(names.map((name) => [name, valueOf(name, id)]))
    expect(Object.keys(output).toSorted()).toEqual(fields.toSorted())
  }
  const [head = '', ...written] = readFileSync(path('b.csv'), 'utf8').trimEnd().split('\n')
  expect(head.split(',')).toEqual(['key', ...names])
  expect(written.map((text) => text.split(',').slice(1).join(',')).toSorted()).toEqual(rows.toSorted())
  const stored = database.prepare('select * from answers order by 1').all()
  expect(stored).toHaveLength(3)
  for (const row of stored) {
    expect(Object.keys(row)).toEqual(names)
    expect(row['toString']).toMatch(/^toString of \d$/)
    expect(row['valueOf'], 'an answer').not.toMatch(/^valueOf of/)
  }
})

test('a column that only some rows give stays empty for the others, whatever it is called', async () => {
  using folder = temporaryFolder()
  await write(folder.path, {
    'offpeak.config.ts': `export default { emulator: { speed: 2000, write: true }, timings: { pollEveryMs: 30 } }\n`,
    'rows.jsonl': [0, 1, 2].map((id) => `${JSON.stringify({ id, text: `Note ${id}` })}\n`).join(''),
    ...Object.fromEntries(
      (['csv', 'parquet'] as const).map((form) => [
        `jobs/${form}.job.ts`,
        `import { defineJob, jsonl, openai } from 'offpeak'
export default defineJob({
  name: '${form}',
  from: jsonl.rows({ file: 'rows.jsonl', key: 'id' }),
  model: openai('gpt-4o-mini'),
  prompt: ({ row }) => row.text,
  to: { ${form}: 'out.${form}', line: ({ row }) => row.id === 1 ? { constructor: 'one', toString: 'two' } : {} },
})
`,
      ]),
    ),
  })
  const ran = await call(folder.path, 'run', 'csv', '--yes', '--max-cost', '$1')
  expect(ran.exit, ran.stderr).toBe(0)
  expect(readFileSync(join(folder.path, 'out.csv'), 'utf8').trimEnd().split('\n').toSorted()).toEqual(
    ['0,,', '1,one,two', '2,,', 'key,constructor,toString'].toSorted(),
  )
  const packed = await call(folder.path, 'run', 'parquet', '--yes', '--max-cost', '$1')
  expect(packed.exit, packed.stderr).toBe(0)
  const covered = await call(folder.path, 'jobs', 'parquet', '--coverage', '--by', 'constructor')
  expect(covered).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining('o row of parquet has the field constructor'),
  })
})
