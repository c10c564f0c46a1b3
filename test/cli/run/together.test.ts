import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { callOnTerminal } from '../notes-project.ts'
import { call, jsonOf, linesOf, temporaryFolder, write } from '../project.ts'

async function project(dir: string, followerBudget = "budget: { perRun: '$1' },"): Promise<void> {
  await write(dir, {
    'offpeak.config.ts':
      "import { defineConfig } from 'offpeak'\nexport default defineConfig({ emulator: { speed: 2000, write: true }, timings: { pollEveryMs: 50 } })\n",
    'notes.jsonl': Array.from(
      { length: 6 },
      (_, id) => `${JSON.stringify({ id, text: `Note ${id} tells of a ship.` })}\n`,
    ).join(''),
    'jobs/notes.job.ts': `import { defineEmbedding, defineJob, jsonl, openai } from 'offpeak'
const notes = jsonl.rows({ file: 'notes.jsonl', key: 'id' })
export const summaries = defineJob({
  name: 'summaries', from: notes, model: openai('gpt-4o-mini'), maxTokens: 60,
  prompt: ({ row }) => String(row.text),
  to: { jsonl: 'summaries.jsonl', line: ({ output }) => ({ summary: output }) },
})
export const vectors = defineEmbedding({
  name: 'vectors', from: notes, model: openai.embedding('text-embedding-3-small'), dimensions: 8,
  input: ({ row }) => String(row.text),
  to: { jsonl: 'vectors.jsonl', line: ({ output }) => ({ vector: output }) },
})
export const followers = defineEmbedding({
  name: 'followers', after: summaries, ${followerBudget}
  from: jsonl.rows({ file: 'summaries.jsonl', key: 'key' }), dimensions: 8,
  model: openai.embedding('text-embedding-3-small'),
  input: ({ row }) => String(row.summary),
  to: { jsonl: 'followers.jsonl', line: ({ output }) => ({ vector: output }) },
})
`,
  })
}

const vectorLine = z.object({ key: z.string(), vector: z.array(z.number()).length(8) })

test('two jobs run together, and a third follows what it builds on', async () => {
  using folder = temporaryFolder()
  await project(folder.path)
  const ran = await call(folder.path, 'run', 'summaries', 'vectors', '--max-cost', '$1')
  expect(ran.exit, ran.stderr).toBe(0)
  expect(linesOf(join(folder.path, 'vectors.jsonl'), vectorLine)).toHaveLength(6)
  expect(linesOf(join(folder.path, 'followers.jsonl'), vectorLine)).toHaveLength(6)
  const again = await call(folder.path, 'run', 'summaries', 'vectors', '--max-cost', '$1')
  expect(again.exit).toBe(0)
  expect(again.stderr).toContain('Nothing was sent')
})

test('what they would cost together is refused before anything is sent', async () => {
  using folder = temporaryFolder()
  await project(folder.path)
  const ran = await call(folder.path, 'run', 'summaries', 'vectors', '--max-cost', '$0.00001')
  expect(ran.exit).toBe(5)
  expect(ran.stderr).toContain('summaries and vectors would cost'.replace('summaries', 'Summaries'))
  expect(jsonOf(await call(folder.path, 'status', '--json'))).toMatchObject({ runs: [] })
})

test('a budget that both draw on stops them both, and never breaks', async () => {
  using folder = temporaryFolder()
  await project(folder.path)
  // Enough for what is likely, and not for what is possible.
  const ran = await call(folder.path, 'run', 'summaries', 'vectors', '--max-cost', '$0.00009')
  expect(ran.exit, ran.stderr).toBe(5)
  const raised = await call(folder.path, 'resume', '--all', '--max-cost', '$1')
  expect(raised.exit, raised.stderr).toBe(0)
  expect(linesOf(join(folder.path, 'vectors.jsonl'), vectorLine)).toHaveLength(6)
})

test('the amount of the job that follows is part of what is agreed to, and one amount is for both', async () => {
  using folder = temporaryFolder()
  await project(folder.path)
  const planned = await call(folder.path, 'plan', 'summaries')
  expect(planned.stdout).toMatch(/Then +followers, for at most \$1\.00/)
  const asked = await callOnTerminal(folder.path, { answers: ['n'] }, 'run', 'summaries')
  expect(asked.questions.join(' ')).toMatch(/at most \$[\d.]+\), then followers for at most \$1\.00\?/)
  expect(asked.exit).toBe(2)
  expect((await call(folder.path, 'run', 'summaries', '--max-cost', '$0.0003')).exit).toBe(0)
  for (const job of ['summaries', 'followers'])
    expect(jsonOf(await call(folder.path, 'status', job, '--json'))).toMatchObject({
      money: { sharedCapMicroUsd: 300 },
    })
})

test('a job without a budget of its own does not follow automatically, and the report says so', async () => {
  using folder = temporaryFolder()
  await project(folder.path, '')
  const ran = await call(folder.path, 'run', 'summaries', '--max-cost', '$1')
  expect(ran.exit, ran.stderr).toBe(0)
  expect(ran.stdout).toContain('The job followers was not started after it: ')
  expect(ran.stderr).toContain('offpeak run followers')
  const report = await call(folder.path, 'report', 'summaries', '--md')
  expect(report.stdout).toContain('a job that follows this one was not started')
})

test('a job that was agreed to and could not follow is told until it has run, with the command that starts it', async () => {
  using folder = temporaryFolder()
  await project(folder.path)
  const path = join(folder.path, 'jobs/notes.job.ts')
  const text = readFileSync(path, 'utf8')
  await write(folder.path, {
    'jobs/notes.job.ts': text.replace("file: 'summaries.jsonl'", "file: 'gone.jsonl'"),
  })
  const ran = await call(folder.path, 'run', 'summaries', '--max-cost', '$1')
  expect(ran.exit, 'somebody has to look').toBe(6)
  expect(ran.stdout).toMatch(/The job followers was not started after it: .*gone\.jsonl/)
  expect(ran.stderr).toMatch(/Start +offpeak run followers/)
  const shown = await call(folder.path, 'status', 'summaries')
  expect(shown.stdout).toContain('The job followers was not started after it: ')
  expect(shown.stderr).toMatch(/Start +offpeak run followers/)
  expect(jsonOf(await call(folder.path, 'status', 'summaries', '--json'))).toMatchObject({
    notStarted: [{ job: 'followers', agreed: true, command: "offpeak run followers --max-cost '$1.00'" }],
  })

  await write(folder.path, { 'jobs/notes.job.ts': text })
  const started = await call(folder.path, 'run', 'followers', '--max-cost', '$1')
  expect(started.exit, started.stderr).toBe(0)
  expect(linesOf(join(folder.path, 'followers.jsonl'), vectorLine)).toHaveLength(6)
  expect(jsonOf(await call(folder.path, 'status', 'summaries', '--json'))).toMatchObject({ notStarted: [] })
  expect((await call(folder.path, 'status', 'summaries')).stdout).not.toContain('was not started')
})
