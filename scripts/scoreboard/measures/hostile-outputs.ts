import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { Client } from 'pg'
import { type AnsweringService, answeringService } from '../../../test/cli/answering-service.ts'
import { call, linesOf, temporaryFolder, write } from '../../../test/cli/project.ts'
import { createDatabase } from '../../../test/support/postgres.ts'
import { z } from 'zod'
import { type Figure, type How, none } from '../figure.ts'
import { seededRandom } from '../../../src/emulator/core/random.ts'
import { below } from '../shuffled.ts'

/** What a document can make a model write, by what it attacks. */
const attacks: Readonly<Record<string, readonly string[]>> = {
  path: [
    '../../escaped',
    '/tmp/escaped',
    '..\\..\\escaped',
    'C:\\escaped',
    '%2e%2e/escaped',
    'CON',
    'a\u0000b',
    './.env',
    '~/.ssh/x',
    '\u202egnp.exe',
  ],
  sql: [
    "'; drop table safe; --",
    '"; drop table safe; --',
    "$1'); delete from safe; --",
    "' or '1'='1",
    '\\',
    '$$; drop table safe; $$',
    '/* */',
    "E'\\''",
    '?',
    '{{sql}}',
  ],
  html: [
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '"><svg onload=alert(1)>',
    'javascript:alert(1)',
    '![x](https://evil.example/?q=1)',
    '[a](javascript:alert(1))',
    '<iframe src=//evil.example>',
    '&lt;script&gt;',
    '<!--',
    '</textarea>',
  ],
  csv: [
    '=1+1',
    '+cmd|calc',
    '-2+3',
    '@sum(a1)',
    '\t=1',
    '\r=1',
    '＝1+1',
    '=HYPERLINK("https://evil.example")',
    '"=1"',
    "'=1",
  ],
  terminal: [
    '\u001b[31mred',
    '\u001b]0;title\u0007',
    '\u009b2J',
    '\u001b[2J\u001b[H',
    'a\rb',
    '\u0007',
    '\u001b]8;;https://evil.example\u0007x\u001b]8;;\u0007',
    '\u202e',
    '\u0008\u0008',
    '\u001bP1$r\u001b\\',
  ],
  names: [
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    '{"__proto__":{"x":1}}',
    'prototype',
    '[object Object]',
    'NaN',
    'undefined',
    'null',
  ],
}

/** Each attack alone, and hidden in other words. */
function corpus(random: () => number, count: number): readonly string[] {
  const words = Object.values(attacks).flat()
  return Array.from({ length: count }, (_item, index) => {
    const word = words[index % words.length] ?? ''
    if (index < words.length) return word
    const other = words[below(random, words.length)] ?? ''
    return [`A note. ${word}`, `${word}${other}`, `${word}\n${other}`, ` ${word} `][below(random, 4)] ?? word
  })
}

const rowLine = z.looseObject({ key: z.string(), summary: z.string() })

/** What of it has come through somewhere where it does something, in words. */
async function escapes(
  items: readonly string[],
  dir: string,
  url: string,
  database: string,
): Promise<readonly string[]> {
  const found: string[] = []
  const summary = (item: string): string => JSON.stringify({ summary: item })
  await write(dir, {
    'offpeak.config.ts': `export default ${JSON.stringify({ database, timings: { pollEveryMs: 30 }, batch: { maxRequests: 500 } })}\n`,
    '.env': 'OFFPEAK_SCORE_HOSTILE=any\n',
    'notes.jsonl': items.map((_item, id) => `${JSON.stringify({ id, text: `Note ${id}` })}\n`).join(''),
    ...Object.fromEntries(
      [
        ['lines', "to: { jsonl: 'out.jsonl', line: ({ output }) => ({ ...output }) }"],
        ['cells', "to: { csv: 'out.csv', line: ({ output }) => ({ ...output }) }"],
        [
          'rows',
          "to: { upsert: 'notes', key: 'id', set: ({ row, output }) => ({ id: row.id, summary: output.summary }) }",
        ],
      ].map(([name, to]) => [
        `jobs/${name}.job.ts`,
        `import { defineJob, jsonl, openaiCompatible } from 'offpeak'
import { z } from 'zod'
export default defineJob({
  name: '${name}',
  from: jsonl.rows({ file: 'notes.jsonl', key: 'id', row: z.object({ id: z.number(), text: z.string() }) }),
  model: openaiCompatible({ baseUrl: '${url}', apiKeyEnv: 'OFFPEAK_SCORE_HOSTILE' })('gpt-4o-mini'),
  maxTokens: 100,
  prompt: ({ row }) => '${name} ' + row.text,
  output: z.object({ summary: z.string() }),
  ${to},
})
`,
      ]),
    ),
  })
  const before = listing(dirname(dir))
  let screens = ''
  for (const job of ['lines', 'cells', 'rows']) {
    const ran = await call(dir, 'run', job, '--max-cost', '$100')
    screens += ran.stdout + ran.stderr
    if (ran.exit !== 0 && ran.exit !== 6) throw new Error(`${job} ended with ${ran.exit}: ${ran.stderr}`)
    for (const args of [
      ['status', job],
      ['report', job],
      ['show', job, '0'],
      ['show', job, '45'],
      ['show', job, '41'],
    ]) {
      const shown = await call(dir, ...args)
      screens += shown.stdout + shown.stderr
    }
  }
  const written = new Map(linesOf(join(dir, 'out.jsonl'), rowLine).map((row) => [row.key, row.summary]))
  for (const [id, item] of items.entries()) {
    const row = written.get(String(id))
    if (row !== undefined && summary(row) !== summary(item)) found.push(`JSON lines: ${summary(item)}`)
  }
  if (written.size < items.length / 2)
    throw new Error(`only ${written.size} of ${items.length} answers were written`)
  const control = /[^\P{Cc}\n\t]|\u202e/u
  if (control.test(screens)) found.push(`the terminal: ${JSON.stringify(control.exec(screens)?.[0])}`)
  const exported = await call(
    dir,
    'results',
    'lines',
    '--format',
    'csv',
    '--escape-formulas',
    '--fields',
    'key,output.summary',
  )
  const cells: string[][] = parse(exported.stdout, { relax_quotes: false })
  for (const cell of cells.flat())
    if (/^[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/.test(cell) && Number.isNaN(Number(cell)))
      found.push(`CSV: ${JSON.stringify(cell)}`)
  if (cells.length <= written.size) found.push('CSV: rows are missing')
  const client = new Client({ connectionString: database })
  await client.connect()
  try {
    const { rows: safe } = await client.query<{ n: number }>('select count(*)::int as n from safe')
    if (safe[0]?.n !== 1) found.push('SQL: the other table has changed')
    const { rows } = await client.query<{ id: number; summary: string }>('select id, summary from notes')
    if (rows.length < items.length / 2) throw new Error(`only ${rows.length} rows were written`)
    for (const row of rows)
      if (row.summary !== items[row.id]) found.push(`SQL: ${JSON.stringify(row.summary)}`)
  } finally {
    await client.end()
  }
  const after = listing(dirname(dir))
  for (const name of after) if (!before.includes(name) && /escaped/.test(name)) found.push(`path: ${name}`)
  const own = readdirSync(dir).filter((name) => !ownNames.includes(name.replace(/\.offpeak(?:\.lock)?$/, '')))
  for (const name of own) found.push(`path: ${name}`)
  if (existsSync('/tmp/escaped')) found.push('path: /tmp/escaped')
  return found
}

/** What the project is made of; `.offpeak` behind the name of a file is what its sink notes beside it. */
const ownNames = ['', '.env', 'jobs', 'notes.jsonl', 'offpeak.config.ts', 'out.jsonl', 'out.csv']

function listing(folder: string): readonly string[] {
  return readdirSync(folder)
}

/** A corpus of attacks that a service sends back as answers, through files, tables, exports and screens. */
export async function hostileOutputs({ seed }: How): Promise<readonly Figure[]> {
  const items = corpus(seededRandom(seed), 720)
  await using database = await createDatabase()
  const client = new Client({ connectionString: database.url })
  await client.connect()
  await client.query(
    'create table notes (id integer primary key, summary text); create table safe (n int); insert into safe values (1)',
  )
  await client.end()
  using folder = temporaryFolder()
  // Which note a request is about: files come in any order.
  const asked = (at: number): number =>
    Number(/Note (\d+)/.exec(JSON.stringify(service.asked[at]))?.[1] ?? Number.NaN)
  await using service: AnsweringService = await answeringService((at) => ({
    model: 'gpt-4o-mini',
    choices: [
      {
        index: 0,
        finish_reason: 'stop',
        message: { role: 'assistant', content: JSON.stringify({ summary: items[asked(at)] }) },
      },
    ],
    usage: { prompt_tokens: 10, completion_tokens: 10, total_tokens: 20 },
  }))
  const found = await escapes(items, folder.path, service.url, database.url)
  for (const words of found.slice(0, 20)) process.stderr.write(`${words}\n`)
  return [
    none(
      26,
      'hostile answers that did something in files, tables, exports or on the screen',
      found.length,
      items.length,
      'answers',
      {
        seed,
        asked: 700,
        note: ', three sinks, an export, five screens',
      },
    ),
  ]
}
