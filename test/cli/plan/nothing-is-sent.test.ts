import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { commands } from '../../../src/cli/commands.ts'
import { effects, effectsTable } from '../../../src/cli/effects.ts'
import { type Emulator, startEmulator } from '../../../src/emulator/index.ts'
import { callOnTerminal } from '../notes-project.ts'
import { call, type Called, jsonOf, providerProject, temporaryFolder, write } from '../project.ts'

/** What a line of a foreign batch can say of a record. */
const lines = {
  fits: (id) => answered(id, { message: { role: 'assistant', content: '{"summary":"one"}' } }),
  'does not fit': (id) => answered(id, { message: { role: 'assistant', content: '{"title":"no"}' } }),
  'was cut': (id) =>
    answered(id, { message: { role: 'assistant', content: '{"s' }, finish_reason: 'length' }),
  'was refused': (id) => answered(id, { message: { role: 'assistant', content: null, refusal: 'No.' } }),
  'broke a filter': (id) => answered(id, { message: { content: null }, finish_reason: 'content_filter' }),
  'was a bad request': (id) => failed(id, 400),
  'met a fault of the provider': (id) => failed(id, 500),
  'met the limit of a minute': (id) => failed(id, 429),
  'ran out of time': (id) => unanswered(id, 'batch_expired'),
  'was cancelled': (id) => unanswered(id, 'batch_cancelled'),
} as const satisfies Record<string, (id: string) => object>

function answered(custom_id: string, choice: object): object {
  const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }
  const body = { choices: [{ finish_reason: 'stop', ...choice }], usage }
  return { custom_id, response: { status_code: 200, body }, error: null }
}

function failed(custom_id: string, status_code: number): object {
  return { custom_id, response: { status_code, body: { error: { message: 'try again' } } }, error: null }
}

function unanswered(custom_id: string, code: string): object {
  return { custom_id, response: null, error: { code, message: 'This request was not run.' } }
}

/** What provokes an outcome of one request (docs/emulator.md, *Outcomes by data*). */
const markers = [
  '',
  'refusal',
  'length',
  'invalid_json',
  'wrong_schema',
  'content_filter',
  'server_error',
  'line_missing',
]

/** A second job that follows the first, with money of its own. */
const follower = `import { defineJob, jsonl } from 'offpeak'
import { z } from 'zod'
import notes from './notes.job.ts'
export default defineJob({
  name: 'titles',
  after: notes,
  from: jsonl.rows({ file: 'notes.jsonl', key: 'id', row: z.object({ id: z.number(), text: z.string() }) }),
  model: notes.model,
  maxTokens: 20,
  prompt: ({ row }) => 'A title: ' + row.text,
  to: { jsonl: 'titles.jsonl', line: ({ output }) => ({ title: output }) },
  budget: { perRun: '$1' },
})
`

async function project(dir: string, emulator: Emulator): Promise<void> {
  await providerProject(dir, emulator)
  await write(dir, { 'jobs/titles.job.ts': follower })
}

/** The same, with notes that end in every way. */
async function mixedProject(dir: string, emulator: Emulator): Promise<void> {
  await project(dir, emulator)
  const notes = markers.map((marker, id) => ({
    id,
    text: `Note ${id}${marker === '' ? '' : ` [[${marker}]]`}`,
  }))
  await write(dir, { 'notes.jsonl': notes.map((note) => `${JSON.stringify(note)}\n`).join('') })
}

/** All that a project holds besides Offpeak's own state and files. */
function filesIn(dir: string): Readonly<Record<string, string>> {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => !path.includes('.offpeak') && !path.includes('node_modules'))
  return Object.fromEntries(files.map((path) => [path, readFileSync(path, 'utf8')]))
}

/** Does something twice and sees that the provider was sent nothing. */
async function sendsNothing(
  emulator: Emulator,
  act: () => Promise<Called>,
): Promise<readonly [Called, Called]> {
  const before = emulator.bill()
  const calls = [await act(), await act()] as const
  expect(emulator.bill()).toEqual(before)
  return calls
}

const mergeFile = ['merge', 'notes', '--file', 'theirs.jsonl', '--key', 'note-{id}'] as const

describe('merge --file', () => {
  test.for(Object.entries(lines))('sends nothing for a line whose request %s', async ([name, line]) => {
    await using emulator = await startEmulator({ speed: 2_000 })
    using folder = temporaryFolder()
    await project(folder.path, emulator)
    await write(folder.path, { 'theirs.jsonl': `${JSON.stringify(line('note-1'))}\n` })
    const [first, second] = await sendsNothing(emulator, () => call(folder.path, ...mergeFile))
    expect(first.exit, first.stderr).toBe(name === 'fits' ? 0 : 6)
    expect(first.stderr).toContain('Then      offpeak plan titles')
    expect(second.exit, second.stderr).toBe(0)
    expect(second.stderr).toContain('Nothing is taken; 1 answer was taken from the same file by run')
  })

  test('what it could not take is sent by a retry, for the amount that was agreed to, and nothing besides', async () => {
    await using emulator = await startEmulator({ speed: 2_000 })
    using folder = temporaryFolder()
    await project(folder.path, emulator)
    const expired = [1, 2, 3].map((id) => `${JSON.stringify(lines['ran out of time'](`note-${id}`))}\n`)
    await write(folder.path, { 'theirs.jsonl': expired.join('') })
    await call(folder.path, ...mergeFile)
    const unasked = await call(folder.path, 'retry', 'notes')
    expect(unasked.exit, unasked.stderr).toBe(2)
    expect(emulator.bill()).toMatchObject({ requests: 0 })
    const retried = await callOnTerminal(folder.path, { answers: ['y'] }, 'retry', 'notes', '--only', '2')
    expect(retried.questions.join(' ')).toMatch(/Send 1 request again.*at most \$/)
    expect(emulator.bill(), 'one was chosen').toMatchObject({ requests: 1, batches: 1 })
    const status = z.object({ money: z.object({ capMicroUsd: z.number() }) })
    expect(
      status.parse(jsonOf(await call(folder.path, 'status', 'notes', '--json'))).money.capMicroUsd,
    ).toBeGreaterThan(0)
  })
})

describe('import', () => {
  test.for([
    'expire-partial',
    'expire-all',
    'all-failed',
    'missing-lines',
    'line-5xx',
    'line-4xx',
    'outcome:every=1',
  ])('sends nothing for a batch that goes through %s', async (scenario) => {
    await using emulator = await startEmulator({ speed: 2_000, scenarios: [scenario] })
    using folder = temporaryFolder()
    await project(folder.path, emulator)
    await write(folder.path, { 'batches.json': JSON.stringify([await theirBatch(emulator)]) })
    const act = (): Promise<Called> =>
      call(folder.path, 'import', 'notes', 'batches.json', '--key', 'note-{id}', '--wait', '30s')
    await call(folder.path, 'import', 'notes', 'batches.json', '--key', 'note-{id}', '--wait', '30s')
    const [first] = await sendsNothing(emulator, act)
    expect(first.stderr).toContain('Nothing is')
  })
})

/** How each command that may not spend is called, of a project whose only run has ended; null: it waits for ever. */
const free: Readonly<Record<string, readonly (readonly string[])[] | null>> = {
  init: [['init', 'elsewhere']],
  doctor: [['doctor']],
  jobs: [['jobs'], ['jobs', 'notes']],
  plan: [
    ['plan', 'notes'],
    ['plan', 'notes', '--redo', '--show', '1'],
    ['plan', 'notes', '--out', 'plan.json'],
  ],
  pause: [['pause', 'notes']],
  cancel: [['cancel', 'notes']],
  status: [['status'], ['status', 'notes']],
  compare: [['compare', 'notes']],
  show: markers.map((_marker, id) => ['show', 'notes', String(id)]),
  errors: [['errors', 'notes']],
  review: [['review', 'notes', '--json']],
  results: [
    ['results', 'notes'],
    ['results', 'notes', '--status', 'failed'],
  ],
  report: [
    ['report', 'notes'],
    ['report', 'notes', '--md'],
  ],
  costs: [['costs'], ['costs', '--by', 'run']],
  prices: [['prices'], ['prices', '--check']],
  quota: [['quota']],
  batches: [['batches'], ['batches', '--cancel-orphans', '--yes']],
  build: [
    ['build', 'notes'],
    ['build', 'titles'],
  ],
  merge: [['merge', 'notes'], [...mergeFile]],
  import: [['import', 'notes', 'batches.json', '--key', 'note-{id}']],
  clean: [
    ['clean', '--dry-run'],
    ['clean', '--yes'],
    ['clean', '--remote-files', '--yes'],
  ],
  keys: [['keys', 'ls']],
  completion: [['completion', 'bash']],
  emulator: null,
}

describe('a command that may not spend', () => {
  test('is in this test, with all others that may not', () => {
    expect(Object.keys(effects).toSorted()).toEqual(commands.map(({ name }) => name).toSorted())
    const named = Object.entries(effects).filter(([, { spends }]) => !spends)
    expect(Object.keys(free)).toEqual(named.map(([name]) => name))
  })

  test('is in the table of the documentation with what it may do', () => {
    const cells = (text: string): string => text.replaceAll(/ {2,}/g, ' ').replaceAll(/-{3,}/g, '---')
    const docs = readFileSync(new URL('../../../docs/operations.md', import.meta.url), 'utf8')
    expect(cells(docs)).toContain(cells(effectsTable()))
  })

  test(
    'sends nothing, called twice after a run that has ended in every way',
    { timeout: 120_000 },
    async () => {
      await using emulator = await startEmulator({ speed: 2_000 })
      using folder = temporaryFolder()
      await mixedProject(folder.path, emulator)
      const ran = await call(folder.path, 'run', 'notes', '--max-cost', '$1')
      expect(ran.exit, ran.stderr).toBe(6)
      const theirs = Object.values(lines).map((line, id) => `${JSON.stringify(line(`note-${id}`))}\n`)
      await write(folder.path, {
        'theirs.jsonl': theirs.join(''),
        'batches.json': JSON.stringify([await theirBatch(emulator)]),
      })
      await call(folder.path, 'import', 'notes', 'batches.json', '--key', 'note-{id}', '--wait', '30s')
      for (const [name, calls] of Object.entries(free))
        for (const argv of calls ?? []) {
          const before = filesIn(folder.path)
          await sendsNothing(emulator, () => call(folder.path, ...argv))
          if (effects[name]?.writes === 'nothing')
            expect(filesIn(folder.path), argv.join(' ')).toEqual(before)
        }
      expect(emulator.bill().requests).toBeGreaterThan(markers.length)
    },
  )
})

/** How each command that may spend is called where nobody has agreed to an amount; null: it keeps to what was agreed to. */
const paid: Readonly<Record<string, readonly string[] | null>> = {
  dev: null,
  try: ['try', 'notes', '-n', '2'],
  run: ['run', 'notes', '--redo'],
  resume: ['resume', 'notes'],
  retry: ['retry', 'notes'],
  worker: null,
  serve: null,
  submit: ['submit', 'notes'],
}

describe('a command that may spend', () => {
  test('is in this test, with all others that may', () => {
    const named = Object.entries(effects).filter(([, { spends }]) => spends)
    expect(Object.keys(paid)).toEqual(named.map(([name]) => name))
  })

  test('sends nothing where nobody can be asked and no amount was agreed to', async () => {
    await using emulator = await startEmulator({ speed: 2_000, announces: false })
    using folder = temporaryFolder()
    await mixedProject(folder.path, emulator)
    await call(folder.path, 'run', 'notes', '--max-cost', '$1')
    for (const [name, argv] of Object.entries(paid)) {
      if (argv === null) continue
      if (name === 'submit') await call(folder.path, 'build', 'notes', '--redo')
      const [first] = await sendsNothing(emulator, () => call(folder.path, ...argv))
      expect(first.exit, `${name}: ${first.stderr}`).not.toBe(0)
    }
  })
})

describe('resume', () => {
  test('of a run that has ended brings lost answers and sends nothing, whatever these turn out to be', async () => {
    await using emulator = await startEmulator({ speed: 2_000 })
    using folder = temporaryFolder()
    await mixedProject(folder.path, emulator)
    await write(folder.path, {
      'offpeak.config.ts':
        "import { defineConfig } from 'offpeak'\nexport default defineConfig({ timings: { pollEveryMs: 50, settleMs: [50], lostAfterMs: 1 } })\n",
    })
    emulator.addFault({
      operation: 'files.content',
      when: 'after',
      times: 1_000,
      action: { type: 'truncate', bytes: 200 },
    })
    expect((await call(folder.path, 'run', 'notes', '--max-cost', '$1')).exit).not.toBe(0)
    const accepted = await call(folder.path, 'resume', 'notes', '--accept')
    expect(accepted.stderr).toContain('what is missing counts as possibly paid')
    emulator.clearFaults()
    const [first] = await sendsNothing(emulator, () => call(folder.path, 'resume', 'notes'))
    expect(first.stderr).toMatch(/lost answers? of run \w+ (is|are) at the provider after all/)
    const { counts } = z
      .object({ counts: z.record(z.string(), z.number()) })
      .parse(jsonOf(await call(folder.path, 'status', 'notes', '--json')))
    expect(counts, 'these would be sent again by a run that may').toMatchObject({ invalid: 2 })
  })
})

/** A batch as some other script would make it. */
async function theirBatch({ openaiBaseUrl: base }: Emulator): Promise<string> {
  const headers = { authorization: 'Bearer any-key' }
  const requests = [1, 2, 3, 4].map((id) =>
    JSON.stringify({
      custom_id: `note-${id}`,
      method: 'POST',
      url: '/v1/chat/completions',
      body: { model: 'gpt-4o-mini', messages: [{ role: 'user', content: `Say something of ${id}.` }] },
    }),
  )
  const form = new FormData()
  form.set('purpose', 'batch')
  form.set('file', new Blob([`${requests.join('\n')}\n`]), 'theirs.jsonl')
  const withId = z.object({ id: z.string() })
  const file = withId.parse(
    await (await fetch(`${base}/files`, { method: 'POST', headers, body: form })).json(),
  )
  const body = JSON.stringify({
    input_file_id: file.id,
    endpoint: '/v1/chat/completions',
    completion_window: '24h',
  })
  const made = await fetch(`${base}/batches`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body,
  })
  return withId.parse(await made.json()).id
}
