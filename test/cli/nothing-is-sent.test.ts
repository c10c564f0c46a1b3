import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Emulator, startEmulator } from '../../src/emulator/index.ts'
import { type Outcome, outcomeNames } from '../../src/domain/outcome.ts'
import { call, type Called, providerProject, temporaryFolder, write } from './project.ts'

/** What a line of a foreign batch can say of a record, and what becomes of it here. */
const lines: Readonly<Record<string, (id: string) => object>> = {
  fits: (id) => answered(id, { message: { role: 'assistant', content: '{"summary":"one"}' } }),
  'does not fit': (id) => answered(id, { message: { role: 'assistant', content: '{"title":"no"}' } }),
  'was cut': (id) =>
    answered(id, { message: { role: 'assistant', content: '{"summ' }, finish_reason: 'length' }),
  'was refused': (id) => answered(id, { message: { role: 'assistant', content: null, refusal: 'No.' } }),
  'broke a filter': (id) => answered(id, { message: { content: null }, finish_reason: 'content_filter' }),
  'was a bad request': (id) => failed(id, 400),
  'met a fault of the provider': (id) => failed(id, 500),
  'met the limit of a minute': (id) => failed(id, 429),
  'ran out of time': (id) => unanswered(id, 'batch_expired'),
  'was cancelled': (id) => unanswered(id, 'batch_cancelled'),
}

function answered(custom_id: string, choice: object): object {
  const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }
  return {
    custom_id,
    response: { status_code: 200, body: { choices: [{ finish_reason: 'stop', ...choice }], usage } },
    error: null,
  }
}

function failed(custom_id: string, status_code: number): object {
  return { custom_id, response: { status_code, body: { error: { message: 'try again' } } }, error: null }
}

function unanswered(custom_id: string, code: string): object {
  return { custom_id, response: null, error: { code, message: 'This request was not run.' } }
}

/** A second job that follows the first, with money of its own. */
const after = {
  'jobs/titles.job.ts': readFollower(),
}

function readFollower(): string {
  return `import { defineJob, jsonl } from 'offpeak'
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
}

/** Runs something twice and sees that the provider was sent nothing. */
async function sendsNothing(emulator: Emulator, act: () => Promise<Called>): Promise<readonly Called[]> {
  const before = emulator.bill()
  const calls = [await act(), await act()]
  expect(emulator.bill()).toEqual(before)
  return calls
}

describe('merge --file', () => {
  test.for(Object.keys(lines))('sends nothing for a line whose request %s', async (name) => {
    await using emulator = await startEmulator({ speed: 2_000 })
    using folder = temporaryFolder()
    await providerProject(folder.path, emulator)
    const line = lines[name]
    await write(folder.path, {
      ...after,
      'theirs.jsonl': `${JSON.stringify(line?.('note-1'))}\n`,
    })
    const [first] = await sendsNothing(emulator, () =>
      call(folder.path, 'merge', 'notes', '--file', 'theirs.jsonl', '--key', 'note-{id}'),
    )
    expect(first?.exit, first?.stderr).toBe(name === 'fits' ? 0 : 6)
  })
})
