import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { keyOf } from '../../../src/domain/record-key.ts'
import { typedKey } from '../../../src/wording/typed-key.ts'
import { answeringService } from '../answering-service.ts'
import { call, jsonOf, temporaryFolder, write } from '../project.ts'

const model = 'gpt-5-mini'
const chat = (content: string): object => ({
  object: 'chat.completion',
  model,
  choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 },
})

/** A project with one job over these lines, which has these further lines of its own. */
async function project(dir: string, url: string, lines: readonly string[], job: string): Promise<void> {
  await write(dir, {
    'offpeak.config.ts': `import { defineConfig } from 'offpeak'
export default defineConfig({
  prices: { '${model}': { batch: { input: 1, output: 10 }, realtime: { input: 2, output: 20 } } },
  timings: { pollEveryMs: 20, settleMs: [20], listingLagMs: 20 },
})
`,
    'notes.jsonl': lines.map((line) => `${line}\n`).join(''),
    'jobs/notes.job.ts': `import { defineJob, jsonl, openaiCompatible } from 'offpeak'
import { z } from 'zod'
export default defineJob({
  name: 'notes', model: openaiCompatible({ baseUrl: '${url}' })('${model}'), maxTokens: 60,
  ${job}
})
`,
  })
}

const line = z.looseObject({ key: z.string() })

function written(dir: string): readonly z.infer<typeof line>[] {
  const text = readFileSync(join(dir, 'out.jsonl'), 'utf8').trimEnd()
  return text === '' ? [] : text.split('\n').map((one) => line.parse(JSON.parse(one)))
}

test('a large number in a key, a row and an answer keeps every digit, and what cannot hold one is not paid for twice', async () => {
  const ids = ['9007199254740992', '9007199254740993', '1.10', '1e400', '-0', '0']
  await using service = await answeringService((asked) =>
    chat(asked === 1 ? '{"n":12345678901234567891}' : `{"n":${asked}}`),
  )
  using folder = temporaryFolder()
  await project(
    folder.path,
    service.url,
    ids.map((id) => `{"id":${id},"of":[${id}]}`),
    `from: jsonl.rows({ file: 'notes.jsonl', key: 'id' }), prompt: ({ row }) => JSON.stringify(row),
     output: z.object({ n: z.number() }),
     to: { jsonl: 'out.jsonl', line: ({ row, output }) => ({ id: row.id, n: output.n }) },`,
  )
  expect((await call(folder.path, 'run', 'notes', '--max-cost', '$1')).exit).toBe(6)
  // The rows of -0 and 0 are the same, and asked about once.
  expect(service.asked).toHaveLength(5)
  expect(JSON.stringify(service.asked[1])).toContain('9007199254740993')
  expect(written(folder.path).map(({ key, id }) => [key, id])).toEqual([
    ['9007199254740992', '9007199254740992'],
    ['1.10', 1.1],
    ['1e400', '1e400'],
    ['-0', 0],
    ['0', 0],
  ])
  const errors = await call(folder.path, 'errors', 'notes')
  expect(errors.stdout.replaceAll(/\s+/g, ' ')).toContain('n is 12345678901234567891, which no number holds')
  expect(errors.stdout).not.toContain('sent again automatically')
  const status = jsonOf(await call(folder.path, 'status', 'notes', '--json'))
  expect(status).toMatchObject({ retrying: 0, needsAttention: 1, state: 'done' })

  const retried = await call(folder.path, 'retry', 'notes', '--only', '9007199254740993', '--yes')
  expect(retried.exit, retried.stderr).toBe(0)
  expect(service.asked).toHaveLength(6)
  expect(written(folder.path).at(-1)).toEqual({ key: '9007199254740993', id: '9007199254740993', n: 5 })
})

test('a number field that a row has a larger number for is told with its line and what to do', async () => {
  await using service = await answeringService(() => chat('fine'))
  using folder = temporaryFolder()
  await project(
    folder.path,
    service.url,
    ['{"id":1,"n":{"m":7}}', '{"id":2,"n":{"m":1234567890123456789}}', '{"id":3,"n":{"m":"x"}}'],
    `from: jsonl.rows({ file: 'notes.jsonl', key: 'id', row: z.object({ id: z.int(), n: z.object({ m: z.int() }) }) }),
     prompt: ({ row }) => 'Note ' + row.n.m, to: { jsonl: 'out.jsonl' },`,
  )
  await call(folder.path, 'run', 'notes', '--max-cost', '$1')
  expect(service.asked).toHaveLength(1)
  const of = async (key: string): Promise<unknown> =>
    Reflect.get(Object(jsonOf(await call(folder.path, 'show', 'notes', key, '--json'))), 'reason')
  expect(await of('2')).toBe(
    'Line 2: The row does not fit its schema: n.m: Invalid input: expected number, received string. n.m is 1234567890123456789, which no number holds to its last digit, so that it is text: take it as z.string(), or as z.coerce.number() where its last digits do not matter',
  )
  expect(await of('3')).toBe(
    'Line 3: The row does not fit its schema: n.m: Invalid input: expected number, received string',
  )
})

test('records with composite keys of any text are told apart, found and asked again one by one', async () => {
  const keys = [
    ['a/b', 'c'],
    ['a', 'b/c'],
    ['x\u001fy', 'z'],
    ['x', 'y\u001fz'],
    ['nul\u0000', "it's \\"],
    ['@a,b', ' blank '],
    ['one line', 'line\nend'],
  ]
  let isGood = false
  await using service = await answeringService((asked) => chat(isGood ? `{"n":${asked}}` : '{"n":1e999}'))
  using folder = temporaryFolder()
  await project(
    folder.path,
    service.url,
    keys.map(([a, b], of) => JSON.stringify({ a, b, of })),
    `from: jsonl.rows({ file: 'notes.jsonl', key: ['a', 'b'], row: z.looseObject({ of: z.int() }) }),
     prompt: ({ row }) => 'Note ' + row.of, output: z.object({ n: z.number() }),
     to: { jsonl: 'out.jsonl', line: ({ row, output }) => ({ of: row.of, n: output.n }) },`,
  )
  await call(folder.path, 'run', 'notes', '--max-cost', '$1')
  const listed = (await call(folder.path, 'errors', 'notes', '--keys')).stdout.trimEnd().split('\n')
  expect(listed).toEqual(keys.map((parts) => typedKey(keyOf(parts))))
  isGood = true
  for (const [of, typed] of listed.entries()) {
    const before = service.asked.length
    await write(folder.path, { 'keys.txt': `${typed}\n` })
    const retried = await call(folder.path, 'retry', 'notes', '--only', '@keys.txt', '--yes')
    expect(retried.exit, retried.stderr + typed).toBe(of === listed.length - 1 ? 0 : 6)
    expect(service.asked.length - before).toBe(1)
    expect(written(folder.path).at(-1)).toMatchObject({ key: keyOf(keys[of] ?? []), of })
    const shown = jsonOf(await call(folder.path, 'show', 'notes', typed, '--json'))
    expect(shown).toMatchObject({ key: keyOf(keys[of] ?? []), outcome: 'merged' })
  }
})

test('what a trigger makes of an answer is told by plan, and a text of which a column would make a number is kept out', async () => {
  await using service = await answeringService(() => chat('{"zip":"01067","name":"dresden"}'))
  using folder = temporaryFolder()
  await project(
    folder.path,
    service.url,
    ['{"id":1}'],
    `from: jsonl.rows({ file: 'notes.jsonl', key: 'id' }), prompt: () => 'Where?',
     output: z.object({ zip: z.string(), name: z.string() }),
     to: { database: 'places.db', table: 'places', set: ({ output }) => ({ zip: output.zip, name: output.name }) },`,
  )
  const database = new DatabaseSync(join(folder.path, 'places.db'))
  database.exec(`create table places (id integer primary key, zip integer, name text); insert into places (id) values (1);
    create trigger loud after update of name on places begin
      update places set name = upper(new.name) where id = new.id and name <> upper(name); end`)
  const planned = z
    .object({ warnings: z.array(z.string()) })
    .parse(jsonOf(await call(folder.path, 'plan', 'notes', '--json')))
  expect(planned.warnings.filter((words) => words.includes('trigger'))).toEqual([
    'places holds something else than the answer in name: a trigger changes it',
  ])
  expect((await call(folder.path, 'run', 'notes', '--max-cost', '$1')).exit).toBe(6)
  const outcome = await call(folder.path, 'errors', 'notes')
  expect(outcome.stdout).toContain('makes the number 1067')
  expect({ ...database.prepare('select zip, name from places').get() }).toEqual({ zip: null, name: null })
  database.exec(
    'drop trigger loud; create table kept as select id, cast(zip as text) as zip, name from places',
  )
  database.exec('drop table places; create table places (id integer primary key, zip text, name text)')
  database.exec('insert into places select * from kept')
  const { exit } = await call(folder.path, 'merge', 'notes')
  expect(exit).toBe(0)
  expect({ ...database.prepare('select zip, name from places').get() }).toEqual({
    zip: '01067',
    name: 'dresden',
  })
  database.close()
})
