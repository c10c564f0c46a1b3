import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { openProject } from '../../../src/compose/open-project.ts'
import { startAgreed } from '../../../src/compose/client/agreed.ts'
import { everything } from '../../../src/compose/selection.ts'
import * as offpeak from '../../../src/index.ts'
import { type ChatServer, chatServer } from '../chat-server.ts'
import { notesProject, offpeakProcess, readJson, statusJson } from '../notes-project.ts'
import { call, linesOf, temporaryFolder, write } from '../project.ts'

const planJson = z.object({
  deliveryMode: z.string(),
  withoutBatches: z.object({ atOnce: z.number() }).nullable(),
  cost: z.object({ likelyMicroUsd: z.number(), atMostMicroUsd: z.number().nullable() }),
  warnings: z.array(z.string()),
})
const outLine = z.looseObject({ key: z.string(), summary: z.string() })

function chatAnswer(content: string): object {
  return { choices: [{ finish_reason: 'stop', message: { role: 'assistant', content } }] }
}

interface Project {
  readonly concurrency?: number
  readonly service?: string
  readonly budget?: string | null
  readonly job?: string
  readonly timings?: string
  readonly config?: string
}

async function localProject(
  dir: string,
  { url }: Pick<ChatServer, 'url'>,
  { concurrency, service = '', budget = null, job = '', timings = '', config = '' }: Project = {},
): Promise<void> {
  const options = [`baseUrl: '${url}'`, ...(concurrency === undefined ? [] : [`concurrency: ${concurrency}`])]
  await notesProject(dir, {
    model: `local({ ${options.join(', ')}, ${service} })('llama3.2')`,
    emulator: 'none',
    budget,
    job,
    timings,
    config,
  })
}

test("a server of one's own is asked one by one, without a key, an amount or a bound to agree to, and costs $0", async () => {
  using folder = temporaryFolder()
  await using server = await chatServer()
  await localProject(folder.path, server, { concurrency: 3, job: 'maxTokens: undefined,' })
  const plan = readJson(planJson, await call(folder.path, 'plan', 'notes', '--json'))
  expect(plan).toMatchObject({
    deliveryMode: 'realtime',
    withoutBatches: { atOnce: 3 },
    cost: { likelyMicroUsd: 0, atMostMicroUsd: 0 },
  })
  const shown = await call(folder.path, 'plan', 'notes')
  expect(shown.stdout).toContain('real time: local has no Batch API')
  expect(shown.stdout).toContain('asked one by one, 3 at a time')
  expect(shown.stdout).toContain('$0.00')
  expect(shown.stdout).not.toMatch(/nothing bounds|not known|unknown/)
  expect(server.asked.size).toBe(0)

  const ran = await call(folder.path, 'run', 'notes')
  expect(ran.exit, ran.stderr).toBe(0)
  expect(ran.stdout).toContain('12 of 12 records')
  expect([...server.asked.values()]).toEqual(Array(12).fill(1))
  expect(server.mostAtOnce).toBe(3)
  expect(server.headers.every((headers) => headers['authorization'] === undefined)).toBe(true)
  expect(server.unknownPaths).toEqual([])
  expect(linesOf(join(folder.path, 'out.jsonl'), outLine)).toHaveLength(12)
  for (const command of ['status', 'report', 'costs']) {
    const { exit, stdout } = await call(folder.path, command, ...(command === 'costs' ? [] : ['notes']))
    expect(exit, command).toBe(0)
    expect(stdout, command).toContain('$0.00')
    expect(stdout, command).not.toMatch(/unknown|not known/)
  }
})

test('a schema goes along as response_format, and what the server refuses of it is told in its words', async () => {
  using folder = temporaryFolder()
  await using server = await chatServer({
    instead: (prompt) =>
      prompt.includes('Note 3 ')
        ? { status: 400, body: { error: { message: 'json_schema is not supported by this model' } } }
        : null,
  })
  await localProject(folder.path, server)
  const ran = await call(folder.path, 'run', 'notes')
  expect(ran.exit).toBe(6)
  expect(server.bodies[0]).toMatchObject({
    model: 'llama3.2',
    max_tokens: 100,
    response_format: { type: 'json_schema', json_schema: { strict: true } },
  })
  const errors = await call(folder.path, 'errors', 'notes')
  expect(errors.stdout).toContain('json_schema is not supported by this model')
})

test('after a kill what is answered on disk is not asked again, and what was on the wire is', async () => {
  using folder = temporaryFolder()
  await using server = await chatServer({ answersBefore: 4 })
  await localProject(folder.path, server, { concurrency: 3, timings: 'leaseMs: 600,' })
  const killed = await offpeakProcess(folder.path, ['run', 'notes'], { killedAt: server.waiting(3) })
  expect(killed.signal).toBe('SIGKILL')
  expect([...server.asked.values()]).toEqual(Array(7).fill(1))
  const held = [...server.asked.keys()].slice(4)
  server.release()

  const resumed = await offpeakProcess(folder.path, ['run', 'notes'])
  expect(resumed.exit, resumed.stderr).toBe(0)
  expect(resumed.stdout).toContain('12 of 12 records')
  expect(server.asked.size).toBe(12)
  for (const [prompt, times] of server.asked) expect(times, prompt).toBe(held.includes(prompt) ? 2 : 1)
  const keys = linesOf(join(folder.path, 'out.jsonl'), outLine).map(({ key }) => key)
  expect(keys.toSorted((one, other) => Number(one) - Number(other))).toEqual(
    Array.from({ length: 12 }, (_, id) => String(id)),
  )
})

test('at a stated price what was on the wire counts as paid', async () => {
  using folder = temporaryFolder()
  await using server = await chatServer({ answersBefore: 4 })
  await localProject(folder.path, server, {
    concurrency: 3,
    service: 'price: { input: 1, output: 2 }',
    budget: '$1',
    timings: 'leaseMs: 600,',
  })
  const plan = readJson(planJson, await call(folder.path, 'plan', 'notes', '--json'))
  expect(plan.cost.likelyMicroUsd).toBeGreaterThan(0)
  const killed = await offpeakProcess(folder.path, ['run', 'notes', '--yes'], { killedAt: server.waiting(3) })
  expect(killed.signal).toBe('SIGKILL')
  server.release()
  const resumed = await offpeakProcess(folder.path, ['run', 'notes', '--yes'])
  expect(resumed.stdout).toContain('possibly paid')
  const { money } = readJson(statusJson, await call(folder.path, 'status', 'notes', '--json'))
  const answersMicroUsd = 12 * (20 * 1 + 10 * 2)
  expect(money.spentMicroUsd).toBeGreaterThan(answersMicroUsd)
})

test('at a stated price nothing counts as paid that the server has turned away in bare text, and all of it is asked again', async () => {
  using folder = temporaryFolder()
  await using server = await chatServer({
    instead: (_prompt, asked) => (asked < 3 ? { status: 503, body: 'Service Unavailable' } : null),
  })
  await localProject(folder.path, server, {
    concurrency: 3,
    service: 'price: { input: 1, output: 2 }',
    budget: '$1',
    timings: 'quotaBackoffMs: 20,',
  })
  const ran = await call(folder.path, 'run', 'notes', '--yes')
  expect(ran.exit, ran.stderr).toBe(0)
  expect(ran.stdout).not.toContain('possibly paid')
  const { money } = readJson(statusJson, await call(folder.path, 'status', 'notes', '--json'))
  expect(money.spentMicroUsd).toBe(12 * (20 * 1 + 10 * 2))
})

test("calls that end without an answer are asked again by the rules of retries, and are nobody's loss", async () => {
  using folder = temporaryFolder()
  await using server = await chatServer({
    instead: (prompt, asked) => (prompt.includes('Note 5 ') && asked < 3 ? 'cut' : null),
    tellsUsage: false,
  })
  await localProject(folder.path, server, { concurrency: 2 })
  const ran = await call(folder.path, 'run', 'notes')
  expect(ran.exit, ran.stderr).toBe(0)
  expect(ran.stdout).toContain('12 of 12 records')
  expect(ran.stdout).toContain('$0.00')
  expect([...server.asked.values()].toSorted((one, other) => one - other).at(-1)).toBe(3)
})

test('what is for batches is refused or said to have no effect', async () => {
  using folder = temporaryFolder()
  await using server = await chatServer()
  await localProject(folder.path, server, {
    job: "deadline: '20h', retry: { realtime: { after: '24h', maxRows: 5 } },",
  })
  const plan = readJson(planJson, await call(folder.path, 'plan', 'notes', '--json'))
  expect(plan.warnings).toContainEqual(
    expect.stringContaining('`deadline` and `retry.realtime` of the job have no effect'),
  )
  const deadline = await call(folder.path, 'plan', 'notes', '--deadline', '20h')
  expect(deadline.exit).toBe(2)
  expect(deadline.stderr).toMatch(/local has no Batch API, and a deadline is for batches/i)
  await using project = await openProject({
    cwd: folder.path,
    configFile: null,
    envFile: null,
    modules: { offpeak, zod: { z } },
  })
  await expect(project.plan('notes', { ...everything, deliveryMode: 'batch' })).rejects.toMatchObject({
    code: 'E_USAGE',
    message: expect.stringContaining('batches as the delivery mode is for batches'),
    fix: expect.stringContaining('leave it out'),
  })
  expect(await project.plan('notes', { ...everything, deliveryMode: 'realtime' })).toMatchObject({
    deliveryMode: 'realtime',
    deadline: null,
  })
})

test("try, doctor and prices know a server of one's own", async () => {
  using folder = temporaryFolder()
  await using server = await chatServer({ hasBatches: true })
  await localProject(folder.path, server)
  const tried = await call(folder.path, 'try', 'notes', '-n', '2')
  expect(tried.exit, tried.stderr).toBe(0)
  expect(server.asked.size).toBe(2)
  const doctor = await call(folder.path, 'doctor')
  expect(doctor.stdout).toContain('lists llama3.2')
  expect(doctor.stdout).toContain('local({ batches: true, … })')
  const prices = await call(folder.path, 'prices', '--check')
  expect(prices.exit).toBe(0)
})

test.each([
  'ask.start.commit.after:1',
  'ask.note.sync.after:2',
  'ask.post.after:3',
  'ask.answer.sync.after:4',
  'ask.answers.rename.after:1',
  'ask.commit.before:1',
])('a kill at %s asks again only what has no answer on disk', { timeout: 60_000 }, async (crashAt) => {
  using folder = temporaryFolder()
  await using server = await chatServer()
  await localProject(folder.path, server, { concurrency: 3, timings: 'leaseMs: 600,' })
  const env = { OFFPEAK_CRASH: crashAt }
  expect((await offpeakProcess(folder.path, ['run', 'notes'], { env })).signal).toBe('SIGKILL')
  const resumed = await offpeakProcess(folder.path, ['run', 'notes'])
  expect(resumed.exit, resumed.stderr).toBe(0)
  expect(resumed.stdout).toContain('12 of 12 records')
  expect(linesOf(join(folder.path, 'out.jsonl'), outLine)).toHaveLength(12)
  const again = [...server.asked.values()].filter((times) => times > 1)
  expect(server.asked.size).toBe(12)
  // No more than what can be on the wire, and nothing once all answers lie there.
  expect(again.length).toBeLessThanOrEqual(
    crashAt.startsWith('ask.answers') || crashAt.startsWith('ask.commit') ? 0 : 3,
  )
})

test('step by step it is the same: build, submit, retry, and a program that names no amount', async () => {
  using folder = temporaryFolder()
  await using server = await chatServer({
    instead: (prompt, asked) =>
      prompt.includes('Note 7 ') && asked <= 3 ? { status: 200, body: chatAnswer('no JSON') } : null,
  })
  await localProject(folder.path, server)
  const built = await call(folder.path, 'build', 'notes')
  expect(built.exit, built.stderr).toBe(0)
  expect(server.asked.size).toBe(0)
  const submitted = await call(folder.path, 'submit', 'notes')
  expect(submitted.exit, submitted.stderr).toBe(6)
  expect(submitted.stdout).toContain('11 of 12 records')
  const again = await call(folder.path, 'retry', 'notes')
  expect(again.exit, again.stderr).toBe(0)
  expect(server.asked.get([...server.asked.keys()].find((prompt) => prompt.includes('Note 7 ')) ?? '')).toBe(
    4,
  )

  await using project = await openProject({
    cwd: folder.path,
    configFile: null,
    envFile: null,
    modules: { offpeak, zod: { z } },
  })
  const { run } = await startAgreed(project, {
    job: 'notes',
    selection: { ...everything, redo: true },
    seen: null,
    maxMicroUsd: null,
    payer: null,
    sees: () => true,
  })
  await project.drive({ runIds: [run.id], signal: AbortSignal.timeout(30_000) })
  expect(await project.status(run.id)).toMatchObject({
    state: 'done',
    deliveryMode: 'realtime',
    money: { capMicroUsd: 0, spentMicroUsd: 0 },
  })
})

test("vectors of a server of one's own", async () => {
  using folder = temporaryFolder()
  await using server = await chatServer()
  await write(folder.path, {
    'offpeak.config.ts': `import { defineConfig } from 'offpeak'\nexport default defineConfig({})\n`,
    'notes.jsonl': '{"id":1,"text":"one"}\n{"id":2,"text":"three"}\n',
    'jobs/vectors.job.ts': `import { defineEmbedding, jsonl, local } from 'offpeak'
import { z } from 'zod'
export default defineEmbedding({
  name: 'vectors',
  from: jsonl.rows({ file: 'notes.jsonl', key: 'id', row: z.object({ id: z.number(), text: z.string() }) }),
  model: local({ baseUrl: '${server.url}' }).embedding('nomic-embed-text'),
  input: ({ row }) => row.text,
  to: { jsonl: 'out.jsonl', line: ({ output }) => ({ vector: output }) },
})
`,
  })
  const ran = await call(folder.path, 'run', 'vectors')
  expect(ran.exit, ran.stderr).toBe(0)
  const lines = readFileSync(join(folder.path, 'out.jsonl'), 'utf8')
  expect(lines).toContain('[0.25,3]')
  expect(lines).toContain('[0.25,5]')
})
