import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { startEmulator } from '../../../src/emulator/index.ts'
import { notesProject } from '../notes-project.ts'
import { call, jsonOf, linesOf, providerProject, temporaryFolder, write } from '../project.ts'

function answer(id: string, content: string): string {
  const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }
  const choices = [{ message: { role: 'assistant', content }, finish_reason: 'stop' }]
  return `${JSON.stringify({ custom_id: id, response: { status_code: 200, body: { choices, usage } }, error: null })}\n`
}

const outLine = z.object({ key: z.string(), summary: z.string(), was: z.number() })

test('answers that another system has downloaded are judged, matched by a template and merged; nothing is sent', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  await write(folder.path, {
    'theirs.jsonl': [
      answer('note-1', '{"summary":"one"}'),
      answer('note-3', '{"summary":"three"}'),
      answer('note-4', '{"title":"no summary"}'),
      answer('note-99', '{"summary":"nobody"}'),
      'not a line\n',
    ].join(''),
  })
  const merged = await call(folder.path, 'merge', 'notes', '--file', 'theirs.jsonl', '--key', 'note-{id}')
  expect(merged.exit, merged.stderr).toBe(6)
  expect(merged.stderr).toContain(
    'takes 3 answers; 1 answer has no record in the source, as note-99; 1 line is no answer',
  )
  const lines = linesOf(join(folder.path, 'out.jsonl'), outLine)
  expect(lines.map(({ key, summary }) => [key, summary])).toEqual([
    ['1', 'one'],
    ['3', 'three'],
  ])
  expect(
    lines.every(({ was }) => was > 10),
    'rows are there for `line`',
  ).toBe(true)
  expect(jsonOf(await call(folder.path, 'status', 'notes', '--json'))).toMatchObject({
    counts: { merged: 2, invalid: 1 },
    money: { spentMicroUsd: 0 },
  })
  const plan = z
    .object({ toSend: z.number(), unchanged: z.number() })
    .parse(jsonOf(await call(folder.path, 'plan', 'notes', '--json')))
  expect(plan, 'what was brought is done').toMatchObject({ toSend: 10, unchanged: 2 })
})

test('a line that is not UTF-8 is told and not used, and of several answers with one id the success is taken', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  const failed = (id: string): string =>
    `${JSON.stringify({ custom_id: id, response: { status_code: 500, body: { error: { message: 'try again' } } }, error: null })}\n`
  const broken = Buffer.from(answer('note-5', '{"summary":"caf\u00e9"}'), 'latin1')
  await write(folder.path, {
    'theirs.jsonl': [
      `\ufeff${answer('note-0', '{"summary":"marked"}')}`,
      failed('note-1'),
      answer('note-1', '{"summary":"one"}'),
      answer('note-2', '{"summary":"two"}'),
      failed('note-2'),
      answer('note-2', '{"summary":"later"}'),
    ].join(''),
  })
  appendFileSync(join(folder.path, 'theirs.jsonl'), Buffer.concat([broken, Buffer.from('[[[\n')]))
  const merged = await call(folder.path, 'merge', 'notes', '--file', 'theirs.jsonl', '--key', 'note-{id}')
  expect(merged.exit, merged.stderr).toBe(0)
  expect(merged.stderr).toMatch(/theirs\.jsonl:7 is not used: it is not valid UTF-8/)
  expect(merged.stderr).toMatch(/theirs\.jsonl:8 is not used: it is not JSON/)
  expect(merged.stderr).toContain('takes 3 answers; 5 lines are no answer or a second one')
  const lines = linesOf(join(folder.path, 'out.jsonl'), outLine)
  expect(lines.map(({ key, summary }) => [key, summary])).toEqual([
    ['0', 'marked'],
    ['1', 'one'],
    ['2', 'two'],
  ])
})

test('a template that fits no record says so and leaves nothing behind', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  await write(folder.path, { 'theirs.jsonl': answer('note-1', '{"summary":"one"}') })
  const merged = await call(folder.path, 'merge', 'notes', '--file', 'theirs.jsonl', '--key', 'case-{id}')
  expect(merged.exit).toBe(2)
  expect(merged.stderr).toContain('note-1')
  const without = await call(folder.path, 'merge', 'notes', '--file', 'theirs.jsonl', '--key', 'case')
  expect(without.stderr).toContain('names no field')
  expect((await call(folder.path, 'run', 'notes', '--yes')).exit, 'the job is free for a run').toBe(0)
})

test('batches of another system are fetched by the ids in its state file', async () => {
  await using emulator = await startEmulator({ speed: 2_000 })
  using folder = temporaryFolder()
  await providerProject(folder.path, emulator)
  const batch = await theirBatch(emulator.openaiBaseUrl)
  await write(folder.path, {
    'batch_jobs.json': JSON.stringify({ jobs: [{ batch_id: batch, status: 'completed', documents: [] }] }),
  })
  const imported = await call(
    folder.path,
    'import',
    'notes',
    'batch_jobs.json',
    '--key',
    'note-{id}',
    '--wait',
    '30s',
  )
  expect(imported.stderr).toContain('1 batch fetched')
  expect(imported.stderr).toContain('takes 2 answers')
  expect(emulator.bill(), 'only theirs was ever sent').toMatchObject({ batches: 1, requests: 2 })
  const unknown = await call(folder.path, 'import', 'notes', 'batch_jobs.json')
  expect(unknown.exit).toBe(2)
})

test('a batch of Gemini that holds its answers itself is fetched as one with a file is', async () => {
  await using emulator = await startEmulator({ speed: 2_000 })
  using folder = temporaryFolder()
  await providerProject(folder.path, emulator)
  const base = emulator.baseUrls['gemini'] ?? ''
  const job = join(folder.path, 'jobs', 'notes.job.ts')
  const theirs = readFileSync(job, 'utf8')
    .replace('openaiCompatible', 'gemini')
    .replace(/model: .*\n/, "model: gemini('gemini-2.5-flash'),\n")
  await write(folder.path, {
    'jobs/notes.job.ts': theirs,
    '.env': `GEMINI_API_KEY=AIza-any-key\nGOOGLE_GEMINI_BASE_URL=${base}\n`,
  })
  const requests = ['note-1', 'note-2', 'note-2', undefined].map((key) => ({
    request: { contents: [{ role: 'user', parts: [{ text: `Say something of ${key}.` }] }] },
    ...(key !== undefined && { metadata: { key } }),
  }))
  const made = await fetch(`${base}/v1beta/models/gemini-2.5-flash:batchGenerateContent`, {
    method: 'POST',
    headers: { 'x-goog-api-key': 'AIza-any-key', 'content-type': 'application/json' },
    body: JSON.stringify({ batch: { displayName: 'theirs', inputConfig: { requests: { requests } } } }),
  })
  const { name } = z.object({ name: z.string() }).parse(await made.json())
  await write(folder.path, { 'theirs.json': JSON.stringify([{ name, model: 'models/x' }]) })
  const imported = await call(
    folder.path,
    'import',
    'notes',
    'theirs.json',
    '--key',
    'note-{id}',
    '--wait',
    '30s',
  )
  expect(imported.stderr).toContain('1 batch fetched')
  expect(imported.stderr).toContain('takes 2 answers; 2 lines are no answer or a second one')
  expect(emulator.bill()).toMatchObject({ batches: 1, requests: 4 })
})

test('files without a line of results of the job’s provider are refused with what they hold', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  await write(folder.path, { 'theirs.jsonl': '{"key":"note-1","response":{"candidates":[]}}\n' })
  const merged = await call(folder.path, 'merge', 'notes', '--file', 'theirs.jsonl', '--key', 'note-{id}')
  expect(merged.exit).toBe(2)
  const words = merged.stderr.replaceAll(/\s+/g, ' ')
  expect(words).toMatch(/theirs\.jsonl:1: it is an object with key, response, which is no line of results/)
  expect((await call(folder.path, 'run', 'notes', '--yes')).exit, 'the job is free for a run').toBe(0)
})

/** A batch as some other script would make it. */
async function theirBatch(base: string): Promise<string> {
  const headers = { authorization: 'Bearer any-key' }
  const lines = [1, 2].map((id) =>
    JSON.stringify({
      custom_id: `note-${id}`,
      method: 'POST',
      url: '/v1/chat/completions',
      body: { model: 'gpt-4o-mini', messages: [{ role: 'user', content: `Say something of ${id}.` }] },
    }),
  )
  const form = new FormData()
  form.set('purpose', 'batch')
  form.set('file', new Blob([`${lines.join('\n')}\n`]), 'theirs.jsonl')
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
