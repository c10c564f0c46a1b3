import { describe, expect, test } from 'vitest'
import { loadConfig } from '../../src/config/config.ts'
import { OffpeakError } from '../../src/domain/errors.ts'
import * as offpeak from '../../src/index.ts'
import { call, jsonOf, temporaryFolder, write } from '../cli/project.ts'

const good = `import { defineJob, jsonl, openai } from 'offpeak'
import { z } from 'zod'
export default defineJob({
  name: 'notes',
  from: jsonl.rows({ file: 'notes.jsonl', key: 'id' }),
  model: openai('gpt-4o-mini'),
  maxTokens: 100,
  prompt: ({ row }) => String(row.text),
  output: z.object({ summary: z.string() }),
  budget: { perRun: '$1' },
  to: { upsert: 'notes', key: 'id', set: ({ output }) => ({ ...output }) },
})
`

/** What is wrong with the job, as its user is told; null: nothing. */
async function wrongWith(from: string | RegExp, to: string): Promise<string | null> {
  expect(good).toMatch(from)
  using folder = temporaryFolder()
  await write(folder.path, { 'jobs/notes.job.ts': good.replace(from, to) })
  const config = await loadConfig({ cwd: folder.path, configFile: null, envFile: null, modules: { offpeak } })
  try {
    expect(await config.jobs.find('notes')).not.toBeNull()
    return null
  } catch (thrown) {
    if (!(thrown instanceof OffpeakError)) throw thrown
    expect(['E_JOB_INVALID', 'E_SOURCE_KEY']).toContain(thrown.code)
    return thrown.message
  }
}

describe('a job file', () => {
  test.each([
    [
      'a word that is nearly one of ours',
      'maxTokens: 100',
      'maxToken: 100',
      'there is no `maxToken`. Did you mean maxTokens',
    ],
    ['one inside of another', 'perRun', 'perrun', '`budget`: there is no `perrun`. Did you mean perRun'],
    [
      'what is for the configuration',
      'maxTokens: 100',
      'maxTokens: 100, batch: { maxRequests: 50 }',
      'there is no `batch` in a job: it is for all jobs, and belongs into offpeak.config.ts',
    ],
    [
      'a number that is a text',
      '100',
      "'120'",
      '`maxTokens`: Invalid input: expected number, received string',
    ],
    [
      'a deadline of nothing',
      'maxTokens: 100',
      "maxTokens: 100, deadline: '0h'",
      "`deadline`: it is to be a duration, as in '20h'",
    ],
    [
      'a sink without its key',
      "key: 'id', set",
      'set',
      '`to.key`: it is missing: the columns that identify a row',
    ],
    [
      'a sink that is none',
      'upsert: ',
      'upsrt: ',
      '`to`: it needs exactly one of table, upsert, jsonl, csv, parquet, file, sink. Did you mean upsert',
    ],
    [
      'a sink with a word too many',
      "key: 'id', set",
      "key: 'id', sett: 1, set",
      '`to`: there is no `sett`. Did you mean set',
    ],
    [
      'a source without its key',
      ", key: 'id' })",
      ' })',
      'jsonl.rows needs `key`: the columns or fields that identify a row',
    ],
    [
      'an output that is no schema',
      'z.object({ summary: z.string() })',
      "{ summary: 'string' }",
      '`output`: it is no schema: write z.object({ … }), the schema of any library that follows Standard Schema, or jsonSchema({ … })',
    ],
    [
      'a schema of a zod that is too old',
      'z.object({ summary: z.string() })',
      '{ _def: {}, safeParse: () => null } as never',
      'a schema of zod before 3.24 does not follow Standard Schema: npm install zod@3.25.76, or zod@4',
    ],
    [
      'a budget that is no amount',
      "'$1'",
      "'one dollar'",
      '`budget.perRun`: "one dollar" is not an amount of dollars',
    ],
    [
      'a source where a sink is wanted',
      /to: .*\n/,
      "to: { sink: jsonl.rows({ file: 'out.jsonl', key: 'id' }) as never },\n",
      '`to.sink`: it is no sink: an object with `kind`, `describe` and `open`',
    ],
    ['no source', /from: jsonl.*\n/, '', '`from` is missing'],
    ['no prompt', /prompt: .*\n/, '', '`prompt` is missing'],
    ['no sink', /to: .*\n/, '', '`to` is missing'],
  ])('is refused with %s', async (_name, from, to, said) => {
    expect(await wrongWith(from, to)).toContain(said)
  })

  test('takes a deadline of hours and minutes', async () => {
    expect(await wrongWith('maxTokens: 100', "maxTokens: 100, deadline: '1h30m'")).toBeNull()
  })

  test('takes a schema of any library, and a source of anybody', async () => {
    expect(
      await wrongWith(
        'z.object({ summary: z.string() })',
        "Object.assign(() => true, { '~standard': { version: 1, vendor: 'mine', validate: (value: unknown) => ({ value }) } })",
      ),
    ).toBeNull()
    expect(
      await wrongWith(
        "jsonl.rows({ file: 'notes.jsonl', key: 'id' })",
        "{ kind: 'mine', describe: 'my rows', keyFields: ['id'], open: () => Promise.reject(new Error('closed')) } as never",
      ),
    ).toBeNull()
  })

  test('that is broken stops no other job, and is named where jobs are listed', async () => {
    using folder = temporaryFolder()
    await write(folder.path, {
      'jobs/notes.job.ts': good,
      'jobs/broken.job.ts': 'export default 1 +\n',
      'jobs/odd.job.ts': good.replaceAll("'notes'", "'odd'").replace('maxTokens', 'maxToken'),
    })
    const listed = await call(folder.path, 'jobs')
    expect(listed.exit).toBe(0)
    expect(listed.stdout).toContain('notes')
    expect(listed.stderr).toContain('jobs/broken.job.ts cannot be used')
    expect(listed.stderr).toContain('jobs/odd.job.ts cannot be used: there is no `maxToken`')
    expect(jsonOf(await call(folder.path, 'jobs', '--json'))).toMatchObject({
      jobs: [{ name: 'notes' }],
      broken: [
        { file: 'jobs/broken.job.ts', code: 'E_JOB_FILE' },
        { file: 'jobs/odd.job.ts', names: ['odd'], code: 'E_JOB_INVALID' },
      ],
    })
    const planned = await call(folder.path, 'plan', 'odd')
    expect(planned.exit).toBe(2)
    expect(planned.stderr).toContain('Did you mean maxTokens?')
  })
})

test('a plan for a model without a price names the one that was perhaps meant', async () => {
  using folder = temporaryFolder()
  await write(folder.path, {
    'jobs/notes.job.ts': good
      .replace('gpt-4o-mini', 'gpt-4o-mni')
      .replace(/to: .*\n/, "to: { jsonl: 'out.jsonl' },\n")
      .replace(/budget: .*\n/, ''),
    'notes.jsonl': '{"id":1,"text":"A ship came in."}\n',
    'offpeak.config.ts': 'export default { emulator: true }\n',
  })
  const planned = await call(folder.path, 'plan', 'notes')
  expect(planned.stdout + planned.stderr).toContain(
    'there is no price for gpt-4o-mni. Did you mean gpt-4o-mini',
  )
  const started = await call(folder.path, 'run', 'notes', '--max-cost', '$1')
  expect(started.stderr.replaceAll(/\s+/g, ' ')).toContain('Did you mean gpt-4o-mini')
})
