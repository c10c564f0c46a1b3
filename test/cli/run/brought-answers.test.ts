import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { call, linesOf, temporaryFolder, write } from '../project.ts'

/** Cases of two courts, and a job that asks about those of one of them. */
async function casesProject(dir: string): Promise<void> {
  await write(dir, {
    'offpeak.config.ts':
      "import { defineConfig } from 'offpeak'\nexport default defineConfig({ emulator: { speed: 2000, write: true }, timings: { pollEveryMs: 50 } })\n",
    'cases.jsonl': [1, 2, 3, 4]
      .map((id) => `${JSON.stringify({ id, court: id < 3 ? 'tax' : 'labour', text: `Case ${id}.` })}\n`)
      .join(''),
    'jobs/headnotes.job.ts': `import { defineJob, jsonl, openai } from 'offpeak'
import { z } from 'zod'
export default defineJob({
  name: 'headnotes',
  params: z.object({ court: z.enum(['tax', 'labour']) }),
  from: ({ params }) => jsonl
    .rows({ file: 'cases.jsonl', key: 'id', row: z.object({ id: z.number(), court: z.string(), text: z.string() }) })
    .filter((row) => row.court === params.court),
  model: openai('gpt-4o-mini'),
  maxTokens: 100,
  prompt: ({ row }) => row.text,
  output: z.object({ headnote: z.string().min(5) }),
  to: { jsonl: 'out.jsonl', line: ({ output }) => output },
  budget: { perRun: '$1' },
})
`,
  })
}

const line = (id: string, content: string): string =>
  `${JSON.stringify({
    custom_id: id,
    response: { status_code: 200, body: { choices: [{ message: { content }, finish_reason: 'stop' }] } },
    error: null,
  })}\n`

const written = z.object({ key: z.string(), headnote: z.string() })

test('plain-text answers of an old system fill a job with a schema, one field of it, for the records of a parameter', async () => {
  using folder = temporaryFolder()
  await casesProject(folder.path)
  await write(folder.path, {
    'old.jsonl':
      line('case-3', 'A dismissal needs a reason.') + line('case-4', 'No') + line('case-1', 'Tax is due.'),
  })
  const base = ['merge', 'headnotes', '--file', 'old.jsonl', '--key', 'case-{id}', '-p', 'court=labour']
  const asIs = await call(folder.path, ...base)
  expect(asIs.stderr).toContain('takes 2 answers; 1 answer has no record in the source, as case-1')
  expect(asIs.exit, 'plain text is no JSON').toBe(6)
  const mapped = await call(folder.path, ...base, '--text-as', 'headnote')
  expect(mapped.exit, mapped.stderr).toBe(6)
  expect(linesOf(join(folder.path, 'out.jsonl'), written)).toEqual([
    { key: '3', headnote: 'A dismissal needs a reason.' },
  ])
  expect((await call(folder.path, 'errors', 'headnotes')).stdout).toContain('headnote')
  const judged = await call(folder.path, 'merge', 'headnotes')
  expect(judged.stderr + judged.stdout, 'the mapping stays with the run').toContain('1 merged · 1 invalid')
})

test('a field that rows lack, a file that was taken, and answers for nobody are told apart', async () => {
  using folder = temporaryFolder()
  await casesProject(folder.path)
  await write(folder.path, { 'new.jsonl': line('case-3', '{"headnote":"Long enough."}') })
  const take = (key: string, court: string): ReturnType<typeof call> =>
    call(folder.path, 'merge', 'headnotes', '--file', 'new.jsonl', '--key', key, '-p', `court=${court}`)
  const lacking = await take('case-{number}', 'labour')
  expect(lacking.exit).toBe(2)
  expect(lacking.stderr).toContain('names the field number, which the rows do not have')
  expect(lacking.stderr).toContain('the rows have id, court, text')
  const nobody = await take('case-{id}', 'tax')
  expect(nobody.exit).toBe(2)
  expect(nobody.stderr).toContain('Every answer is for nobody')
  const first = await take('case-{id}', 'labour')
  expect(first.exit, first.stderr).toBe(0)
  const again = await take('case-{id}', 'labour')
  expect(again.exit).toBe(0)
  expect(again.stderr).toMatch(/Nothing is taken; 1 answer was taken from the same file by run \w+/)
})
