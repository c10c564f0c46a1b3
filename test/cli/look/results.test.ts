import { execFile } from 'node:child_process'
import { openProject } from '../../../src/compose/open-project.ts'
import { appendFileSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { parse } from 'csv-parse/sync'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { startEmulator } from '../../../src/emulator/index.ts'
import * as offpeakModule from '../../../src/index.ts'
import { launcher, withoutKeys } from '../child.ts'
import { jsonLines, notesProject } from '../notes-project.ts'
import { call, providerProject, temporaryFolder, write } from '../project.ts'

/** Four notes, of which two are the same, and one whose answer does not pass the check. */
async function ended(dir: string): Promise<void> {
  await notesProject(dir, {
    records: 4,
    job: 'check: ({ row }) => row.id === 2 ? \'not, "this" one\' : true, retry: { max: 1 },',
  })
  const [first, second, third] = readFileSync(join(dir, 'notes.jsonl'), 'utf8').split('\n')
  const same = JSON.stringify({ id: 3, text: 'Note 0 tells of a ship that came in at noon.' })
  await write(dir, { 'notes.jsonl': `${[first, second, third, same].join('\n')}\n` })
  expect((await call(dir, 'run', 'notes', '--yes')).exit).toBe(6)
}

const line = z.object({
  key: z.string(),
  outcome: z.string(),
  reason: z.string().nullable(),
  output: z.object({ summary: z.string() }).nullable(),
  inputTokens: z.number().nullable(),
  outputTokens: z.number().nullable(),
  costUsd: z.number().nullable(),
  tries: z.number(),
})

const written = z.object({ summary: z.string(), was: z.number() })

/** All that is said besides. */
const band =
  '  SIMULATED  The emulator answers: nothing is sent, nothing is paid, and all you see is invented.\n'

test('every record comes with its outcome, its output, its tokens and its cost', async () => {
  using folder = temporaryFolder()
  await ended(folder.path)
  const { exit, stdout, stderr } = await call(folder.path, 'results', 'notes')
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: band })
  const lines = stdout
    .trim()
    .split('\n')
    .map((text) => line.parse(JSON.parse(text)))
  expect(lines.map(({ key, outcome, tries }) => [key, outcome, tries])).toEqual([
    ['0', 'merged', 1],
    ['1', 'merged', 1],
    ['2', 'invalid', 1],
    ['3', 'merged', 1],
  ])
  const sink = readFileSync(join(folder.path, 'out.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((text) => written.parse(JSON.parse(text)).summary)
  expect(lines.flatMap(({ output }) => (output ? [output.summary] : [])).toSorted()).toEqual(sink.toSorted())
  expect(lines[2]).toMatchObject({ reason: 'not, "this" one', output: null })
  expect(lines[0]?.output).toEqual(lines[3]?.output)
  expect(lines[0]?.costUsd).toBeGreaterThan(0)
  expect(lines[3]).toMatchObject({ costUsd: null, inputTokens: null })
})

test('--status and --fields choose, and --json gives each line its schema', async () => {
  using folder = temporaryFolder()
  await ended(folder.path)
  const failed = await call(
    folder.path,
    'results',
    'notes',
    '--status',
    'failed',
    '--fields',
    'key,reason,text',
  )
  expect(failed.stdout.trim().split('\n')).toHaveLength(1)
  expect(JSON.parse(failed.stdout)).toEqual({
    key: '2',
    reason: 'not, "this" one',
    text: expect.stringContaining('summary'),
  })
  const ok = jsonLines(
    await call(
      folder.path,
      'results',
      'notes',
      '--status',
      'ok',
      '--fields',
      'output.summary,sameAs',
      '--json',
    ),
  )
  expect(ok).toHaveLength(3)
  expect(ok[2]).toEqual({
    schema: 'offpeak.result/2',
    'output.summary': ok[0]?.['output.summary'],
    sameAs: '0',
  })
  for (const [words, code] of [
    [['--fields', 'nothing'], 'here is no field nothing'],
    [['--format', 'parquet'], '-o results.parquet'],
    [['--format', 'csv', '--json'], '--json prints JSON lines'],
    [['--format', 'xml'], 'one of jsonl, csv, parquet'],
  ] as const)
    expect(
      await call(folder.path, 'results', 'notes', ...words).then(({ exit, stderr, stdout }) => ({
        exit,
        said: stderr + stdout,
      })),
    ).toMatchObject({
      exit: 2,
      said: expect.stringContaining(code),
    })
})

test('CSV has a column for each field of the output and survives commas, quotes and line breaks', async () => {
  using folder = temporaryFolder()
  await ended(folder.path)
  const { stdout } = await call(folder.path, 'results', 'notes', '--format', 'csv')
  const rows = z
    .array(z.record(z.string(), z.string()))
    .parse(parse(stdout, { columns: true, relax_column_count: false }))
  expect(Object.keys(rows[0] ?? {})).toEqual([
    'key',
    'outcome',
    'reason',
    'output.summary',
    'inputTokens',
    'outputTokens',
    'costUsd',
    'tries',
  ])
  expect(rows).toHaveLength(4)
  expect(rows[2]).toMatchObject({ key: '2', reason: 'not, "this" one', 'output.summary': '' })
  expect(rows[0]?.['output.summary']).not.toBe('')
})

test('CSV has a formula as it is, and on wish as text', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, {
    records: 1,
    job: "check: () => '=HYPERLINK(A1)', retry: { max: 1 },",
  })
  await call(folder.path, 'run', 'notes', '--yes')
  const asked = ['results', 'notes', '--format', 'csv', '--fields', 'key,reason']
  expect((await call(folder.path, ...asked)).stdout).toBe('key,reason\n0,=HYPERLINK(A1)\n')
  expect((await call(folder.path, ...asked, '--escape-formulas')).stdout).toBe(
    "key,reason\n0,'=HYPERLINK(A1)\n",
  )
})

test('-o writes a whole file, by its name or --format, and says how large it is', async () => {
  using folder = temporaryFolder()
  await ended(folder.path)
  const said = await call(folder.path, 'results', 'notes', '-o', 'r.csv')
  expect(said.stderr).toMatch(/Wrote r\.csv: 4 records, \d+ B\./)
  expect(readFileSync(join(folder.path, 'r.csv'), 'utf8')).toBe(
    (await call(folder.path, 'results', 'notes', '--format', 'csv')).stdout,
  )
  const json = jsonLines(await call(folder.path, 'results', 'notes', '-o', 'r.parquet', '--json'))
  expect(json).toMatchObject([{ schema: 'offpeak.results/2', format: 'parquet', records: 4 }])
  const rows = await parquetReadObjects({ file: await asyncBufferFromFile(join(folder.path, 'r.parquet')) })
  const lines = (await call(folder.path, 'results', 'notes')).stdout
    .trim()
    .split('\n')
    .map((text) => line.parse(JSON.parse(text)))
  expect(rows).toEqual(
    lines.map(({ output, ...rest }) => ({ ...rest, 'output.summary': output?.summary ?? null })),
  )
  expect(await call(folder.path, 'results', 'notes', '-o', 'no/such/place.jsonl')).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining('make the folder first'),
  })
  expect(readdirSync(folder.path).filter((name) => name.endsWith('.part'))).toEqual([])
})

test('a run whose answer files are gone still tells what became of each record', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, { config: "retention: { files: '0d' }" })
  await call(folder.path, 'run', 'notes', '--yes')
  await call(folder.path, 'worker', '--once')
  expect(await call(folder.path, 'results', 'notes')).toMatchObject({
    exit: 2,
    stdout: '',
    stderr: expect.stringContaining('--fields key,outcome'),
  })
  const rest = await call(folder.path, 'results', 'notes', '--fields', 'key,outcome')
  expect(rest.stdout.split('\n')[11]).toBe('{"key":"11","outcome":"merged"}')
})

test('what was judged before is judged again by the job as it is now', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  await call(folder.path, 'run', 'notes', '--yes')
  await notesProject(folder.path, { job: "check: () => 'too old'," })
  const [first] = jsonLines(await call(folder.path, 'results', 'notes', '--json'))
  expect(first).toMatchObject({
    outcome: 'merged',
    output: null,
    reason: 'the job does not take this answer any more: too old',
  })
})

test('a reader that leaves early ends the command quietly', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, { records: 3_000 })
  await call(folder.path, 'run', 'notes', '--yes')
  const piped = await promisify(execFile)(
    'bash',
    ['-c', `set -o pipefail; "${process.execPath}" "${launcher}" results notes | head -n 2`],
    { cwd: folder.path, env: withoutKeys() },
  )
  expect(piped.stdout.trim().split('\n')).toHaveLength(2)
  expect(piped.stderr).toBe(band)
})

test('the library gives the same, one record at a time, with the types of the job', async () => {
  using folder = temporaryFolder()
  await ended(folder.path)
  await using offpeak = await openProject({
    cwd: folder.path,
    configFile: null,
    envFile: null,
    modules: { offpeak: offpeakModule },
  })
  const job = offpeakModule.defineJob({
    name: 'notes',
    from: offpeakModule.jsonl.rows({ file: 'x', key: 'id', row: z.object({ id: z.number() }) }),
    model: offpeakModule.openai('gpt-4o-mini'),
    prompt: () => '',
    output: z.object({ summary: z.string() }),
    to: { jsonl: 'x' },
  })
  const summaries: string[] = []
  for await (const { output } of offpeak.results('notes', { status: 'ok', job }))
    if (output) summaries.push(output.summary)
  expect(summaries).toHaveLength(3)
  const other = offpeak.results('notes', { job: { ...job, name: 'other' } })
  await expect(Array.fromAsync(other)).rejects.toThrow('not of other')
})

test('what is stored is read without the credentials of the provider', async () => {
  using folder = temporaryFolder()
  await using emulator = await startEmulator({ speed: 2_000 })
  await providerProject(folder.path, emulator, 'key-that-goes')
  expect(await call(folder.path, 'run', 'notes', '--max-cost', '$1')).toMatchObject({ exit: 0 })
  rmSync(join(folder.path, '.env'))
  delete process.env['OFFPEAK_TEST_KEY_key_that_goes']
  expect(await call(folder.path, 'results', 'notes')).toMatchObject({ exit: 0 })
  expect(await call(folder.path, 'show', 'notes', '0', '--json')).toMatchObject({ exit: 0 })
  expect(await call(folder.path, 'merge', 'notes')).toMatchObject({ exit: 0 })
  expect(await call(folder.path, 'run', 'notes', '--redo', '--max-cost', '$1')).toMatchObject({
    stderr: expect.stringContaining('E_CREDENTIALS'),
  })
})

test('--answer finds records by what was answered, and --sort orders them by a field of it', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, { records: 8 })
  expect((await call(folder.path, 'run', 'notes', '--yes')).exit).toBe(0)
  const summaries = async (...options: readonly string[]): Promise<readonly string[]> => {
    const { exit, stdout, stderr } = await call(folder.path, 'results', 'notes', ...options)
    expect(exit, stderr).toBe(0)
    return stdout
      .split('\n')
      .filter((text) => text !== '')
      .map((text) => line.parse(JSON.parse(text)).output?.summary ?? '')
  }
  const all = await summaries()
  const word = all[3]?.slice(0, 12).toUpperCase() ?? ''
  const expected = all.filter((summary) => summary.toUpperCase().includes(word))
  expect(await summaries('--answer', word)).toEqual(expected)
  expect(expected.length).toBeLessThan(all.length)
  const ordered = await summaries('--sort', 'output.summary', '--desc')
  expect(ordered[0]).toBe(all.toSorted().at(-1))
  expect(ordered.toSorted()).toEqual(all.toSorted())
  expect((await call(folder.path, 'results', 'notes', '--desc')).exit).toBe(2)
})

test('a file that is there and was not written by the command is left alone without --force', async () => {
  using folder = temporaryFolder()
  await ended(folder.path)
  const { path } = folder
  const files = ['r.jsonl', 'r.csv', 'r.parquet'] as const
  for (const file of files) {
    expect((await call(path, 'results', 'notes', '-o', file)).exit).toBe(0)
    expect((await call(path, 'results', 'notes', '-o', file)).stderr).toContain(`Wrote ${file}`)
    const some = ['results', 'notes', '-o', file, '--fields', 'key,output']
    expect((await call(path, ...some)).stderr).toContain(`Wrote ${file}`)
    expect((await call(path, ...some)).stderr).toContain(`Wrote ${file}`)
    // What it has written it may write over in any form, until somebody else has changed it.
    expect((await call(path, 'results', 'notes', '-o', file, '--fields', 'text')).exit).toBe(0)
    appendFileSync(join(path, file), 'by a person\n')
    expect((await call(path, 'results', 'notes', '-o', file, '--fields', 'text')).exit).toBe(2)
    expect(readFileSync(join(path, file), 'latin1')).toContain('by a person')
    expect((await call(path, 'results', 'notes', '-o', file, '--force')).exit).toBe(0)
  }
  await write(path, {
    'x.db': 'SQLite format 3\0',
    'r.md': '# Mine\n',
    'p.json': '{"a": 1}\n',
    'k.csv': 'key,text\na,b\n',
    'k.jsonl': '{"key":"a","text":"b"}\n',
    'rest/r.md': '## Offpeak: mine\n',
    'rest/p.json': '{\n  "schema": "offpeak.saved-plan/2"}\n',
    'empty.csv': '',
  })
  for (const words of [
    ['results', 'notes', '-o', 'x.db'],
    ['results', 'notes', '-o', 'k.csv'],
    ['results', 'notes', '-o', 'k.csv', '--fields', 'key,text'],
    ['results', 'notes', '-o', 'k.jsonl', '--fields', 'key,text'],
    ['results', 'notes', '-o', 'x.db', '--format', 'csv'],
    ['report', 'notes', '-o', 'r.md'],
    ['report', 'notes', '-o', 'rest/r.md'],
    ['plan', 'notes', '--out', 'p.json'],
    ['plan', 'notes', '--out', 'rest/p.json'],
  ]) {
    const refused = await call(path, ...words)
    expect(refused.stderr).toContain('is there, and is not as this command has written it')
    expect(refused.exit).toBe(2)
  }
  expect(readFileSync(join(path, 'x.db'), 'utf8')).toBe('SQLite format 3\0')
  expect(readFileSync(join(path, 'k.csv'), 'utf8')).toBe('key,text\na,b\n')
  expect((await call(path, 'results', 'notes', '-o', 'empty.csv')).exit).toBe(0)
  for (const form of ['md', 'html', 'json'])
    for (const forced of [['--force'], []])
      expect((await call(path, 'report', 'notes', '-o', `r.${form}`, ...forced)).stderr).toContain('Wrote')
  for (const forced of [['--force'], []])
    expect((await call(path, 'plan', 'notes', '--out', 'p.json', ...forced)).exit).toBe(0)
})

test('what jobs read and write, and the project itself, is written over by no command, with --force neither', async () => {
  using folder = temporaryFolder()
  await ended(folder.path)
  const { path } = folder
  symlinkSync('out.jsonl', join(path, 'link.jsonl'))
  const files = ['notes.jsonl', 'out.jsonl', 'out.jsonl.offpeak', 'jobs/notes.job.ts', 'offpeak.config.ts']
  const before = files.map((file) => readFileSync(join(path, file), 'utf8'))
  for (const words of [
    ['results', 'notes', '--fields', 'key,output', '-o'],
    ['report', 'notes', '-o'],
    ['plan', 'notes', '--out'],
  ])
    for (const file of [...files, 'link.jsonl', 'jobs/new.job.ts', '.offpeak/emulator/state.db']) {
      const refused = await call(path, ...words, file, '--force')
      expect(refused.stderr).toContain('name another file')
      expect(refused.exit).toBe(2)
    }
  expect(files.map((file) => readFileSync(join(path, file), 'utf8'))).toEqual(before)
  expect(readdirSync(join(path, 'jobs'))).toEqual(['notes.job.ts'])
})

test('a place where no file can be says what to do', async () => {
  using folder = temporaryFolder()
  await ended(folder.path)
  for (const words of [
    ['results', 'notes', '-o'],
    ['report', 'notes', '-o'],
    ['plan', 'notes', '--out'],
  ]) {
    const directory = await call(folder.path, ...words, 'jobs')
    expect([directory.exit, directory.stderr]).toEqual([2, expect.stringContaining('name a file in it')])
    const missing = await call(folder.path, ...words, 'no/such/r.json')
    expect([missing.exit, missing.stderr]).toEqual([2, expect.stringContaining('make the folder first')])
    const below = await call(folder.path, ...words, 'notes.jsonl/r.json')
    expect([below.exit, below.stderr]).toEqual([2, expect.stringContaining('is a file, and no folder')])
  }
  mkdirSync(join(folder.path, 'shut'), { mode: 0o500 })
  // Nothing is shut to root.
  if (process.getuid?.() === 0) return
  const shut = await call(folder.path, 'results', 'notes', '-o', 'shut/r.json')
  expect([shut.exit, shut.stderr]).toEqual([2, expect.stringContaining('cannot be written')])
})

test('a pipe is written to and never replaced, and a link stays a link', async () => {
  using folder = temporaryFolder()
  await ended(folder.path)
  const pipe = join(folder.path, 'pipe')
  await promisify(execFile)('mkfifo', [pipe])
  const reading = promisify(execFile)('cat', [pipe])
  expect((await call(folder.path, 'results', 'notes', '-o', 'pipe', '--format', 'jsonl')).exit).toBe(0)
  expect((await reading).stdout.trim().split('\n')).toHaveLength(4)
  expect(lstatSync(pipe).isFIFO()).toBe(true)
  const link = join(folder.path, 'link.jsonl')
  symlinkSync(join(folder.path, 'real.jsonl'), link)
  await write(folder.path, { 'real.jsonl': '' })
  expect((await call(folder.path, 'results', 'notes', '-o', 'link.jsonl')).exit).toBe(0)
  expect(lstatSync(link).isSymbolicLink()).toBe(true)
  expect(readFileSync(join(folder.path, 'real.jsonl'), 'utf8').trim().split('\n')).toHaveLength(4)
})
