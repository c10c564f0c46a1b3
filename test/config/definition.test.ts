import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadConfig } from '../../src/config/config.ts'
import { jobDefinition } from '../../src/config/definition/job-definition.ts'
import { moduleLoader } from '../../src/config/load-module.ts'
import type { Definition } from '../../src/domain/definition.ts'
import * as offpeak from '../../src/index.ts'
import { isJob } from '../../src/ports/job.ts'
import { temporaryFolder, write } from '../cli/project.ts'

type Files = Readonly<Record<string, string>>

const job = `import { defineJob, jsonl, openai, template } from 'offpeak'
import { z } from 'zod'
import { system } from '../lib/prompts'
import { isLong } from '../lib/checks.ts'

const Note = z.object({ id: z.number(), text: z.string() })
const Answer = z.object({ summary: z.string() })
const fill = template('prompts/note.md', ['text'])

export default defineJob({
  name: 'notes',
  from: jsonl.rows({ file: 'notes.jsonl', key: 'id', row: Note }),
  model: openai('gpt-4o-mini'),
  maxTokens: 100,
  prompt: ({ row }) => ({ system, user: fill({ text: row.text }) }),
  output: Answer,
  check: ({ output }) => isLong(output.summary) || 'too short',
  to: { jsonl: 'out.jsonl', line: ({ output }) => ({ ...output }) },
})
`
const prompts = `export const system = 'You are an editor.'\nexport const unused = 1\n`
const checks = `const least: number = 3\nexport function isLong(text: string): boolean {\n  return text.length > least\n}\n`
const usual: Files = {
  'jobs/notes.job.ts': job,
  'lib/prompts.ts': prompts,
  'lib/checks.ts': checks,
  'prompts/note.md': 'Summarise:\n{{text}}\n',
}

/** The definition of the job of a project with these files, in a directory of its own. */
async function definitionOf(files: Files): Promise<Definition> {
  using folder = temporaryFolder()
  await write(folder.path, { ...usual, ...files })
  const config = await loadConfig({
    cwd: folder.path,
    configFile: null,
    envFile: null,
    modules: { offpeak },
  })
  const found = await config.jobs.find('notes')
  if (found === null) throw new Error(`no job in ${join(folder.path, 'jobs')}`)
  return found.definition()
}

async function changed(files: Files): Promise<string> {
  const [before, now] = [await definitionOf({}), await definitionOf(files)]
  return [before.ask === now.ask ? '' : 'ask', before.write === now.write ? '' : 'write']
    .filter(Boolean)
    .join(' and ')
}

describe('the definition of a job', () => {
  test('is the same in another checkout, with other line ends, comments, layout, quotes and types', async () => {
    expect(await changed({})).toBe('')
    const others: Files = Object.fromEntries(
      Object.entries(usual).map(([path, text]) => [path, text.replaceAll('\n', '\r\n')]),
    )
    expect(await changed(others)).toBe('')
    expect(
      await changed({
        'jobs/notes.job.ts': `// A comment.\n/* Another one. */\n${job
          .replaceAll("'", '"')
          .replaceAll('  ', '\t')
          .replace('({ row }) => (', '({ row, }) =>\n\n (')
          .replace('output: Answer,', 'output: Answer satisfies object, // what comes')}`,
        'lib/checks.ts': `export function isLong(text: string /* of the answer */) {\n  return (text.length as number) > least;\n}\nconst least = 3;\n`,
      }),
    ).toBe('')
  })

  test('does not change with code that the job does not use', async () => {
    expect(await changed({ 'lib/prompts.ts': prompts.replace('unused = 1', 'unused = 2') })).toBe('')
  })

  test('tells what is asked from how answers are written', async () => {
    expect(
      await changed({ 'jobs/notes.job.ts': job.replace('{ system, user', '{ system: system + "!", user') }),
    ).toBe('ask')
    expect(await changed({ 'lib/prompts.ts': prompts.replace('an editor', 'a lawyer') })).toBe('ask')
    expect(await changed({ 'prompts/note.md': 'Shorten:\n{{text}}\n' })).toBe('ask')
    expect(await changed({ 'jobs/notes.job.ts': job.replace('gpt-4o-mini', 'gpt-4o') })).toBe('ask')
    expect(await changed({ 'jobs/notes.job.ts': job.replace('maxTokens: 100', 'maxTokens: 200') })).toBe(
      'ask',
    )
    expect(await changed({ 'jobs/notes.job.ts': job.replace('notes.jsonl', 'others.jsonl') })).toBe('ask')
    expect(await changed({ 'lib/checks.ts': checks.replace('= 3', '= 4') })).toBe('write')
    expect(
      await changed({ 'jobs/notes.job.ts': job.replace('{ ...output }', '{ said: output.summary }') }),
    ).toBe('write')
    expect(await changed({ 'jobs/notes.job.ts': job.replace('out.jsonl', 'other.jsonl') })).toBe('write')
    expect(
      await changed({
        'jobs/notes.job.ts': job.replace(
          'summary: z.string()',
          'summary: z.string().refine((text) => text !== "")',
        ),
      }),
    ).toBe('write')
    expect(
      await changed({
        'jobs/notes.job.ts': job.replace('summary: z.string()', 'summary: z.string().describe("short")'),
      }),
    ).toBe('ask and write')
  })

  test('counts the environment and the clock by the values that they give, and by nothing else', async () => {
    const reads = job.replace(
      "openai('gpt-4o-mini')",
      "openai(process.env['OFFPEAK_TEST_MODEL'] ?? 'gpt-4o-mini')",
    )
    const first = await definitionOf({ 'jobs/notes.job.ts': reads })
    process.env['OFFPEAK_TEST_MODEL'] = 'gpt-4o'
    try {
      const second = await definitionOf({ 'jobs/notes.job.ts': reads })
      expect(second.ask).not.toBe(first.ask)
      expect(second.write).toBe(first.write)
    } finally {
      delete process.env['OFFPEAK_TEST_MODEL']
    }
    expect(await definitionOf({ 'jobs/notes.job.ts': reads })).toEqual(first)
  })

  test('counts whole where it is not written out field by field', async () => {
    const made = job
      .replace('export default defineJob({', 'const base = {')
      .replace(/\}\)\n$/, '}\nexport default defineJob({ ...base, maxTokens: 100 })\n')
    const before = await definitionOf({ 'jobs/notes.job.ts': made })
    const commented = await definitionOf({ 'jobs/notes.job.ts': `// New.\n${made}` })
    const mended = await definitionOf({ 'jobs/notes.job.ts': made.replace('too short', 'too brief') })
    expect(commented).toEqual(before)
    expect(mended.ask).not.toBe(before.ask)
    expect(mended.write).not.toBe(before.write)
  })
})

test('a job that is given as a value is known by its data and the texts of its functions', async () => {
  using folder = temporaryFolder()
  const { functionText } = await moduleLoader({
    dir: folder.path,
    environment: { get: () => null, lookedIn: 'nowhere' },
    modules: { offpeak },
  })
  const of = (
    prompt: (context: { row: unknown }) => string,
    temperature = 0,
    to: offpeak.SinkDefinition<offpeak.SinkContext<Record<string, unknown>, string>> = { jsonl: 'out.jsonl' },
  ): Definition => {
    const job = offpeak.defineJob({
      name: 'notes',
      from: offpeak.jsonl.rows({ file: join(folder.path, 'notes.jsonl'), key: 'id' }),
      model: offpeak.openai('gpt-4o-mini'),
      temperature,
      prompt,
      to,
    })
    if (!isJob(job)) throw new Error('it is a job')
    return jobDefinition(job, { code: null, dir: folder.path, functionText })
  }
  // oxfmt-ignore
  const first = of(({ row }) => `Say ${String(row)}`)
  const second = of(({ row }) => {
    return `Say ${String(row)}`
  })
  const third = of(({ row }) => /* what is asked */ `Say ${String(row)}`)
  expect(third).toEqual(first)
  expect(second.ask).not.toBe(first.ask)
  expect(second.write).toBe(first.write)
  expect(of(({ row }) => `Say ${String(row)}`, 1).ask).not.toBe(first.ask)
  // A connector is known by its kind and its place, and not by the client that it holds.
  const into = (describe: string, client: unknown): Definition => {
    const sink = { kind: 'mine', describe, client, open: () => Promise.reject(new Error('closed')) }
    return of(({ row }) => `Say ${String(row)}`, 0, { sink })
  }
  expect(into('one place', 1)).toEqual(into('one place', process))
  expect(into('one place', 1).write).not.toBe(into('another place', 1).write)
})
