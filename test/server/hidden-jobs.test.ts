import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { write } from '../cli/project.ts'
import { carry } from '../engine/run-kit.ts'
import { doorsOf, type Door } from './doors.ts'
import { readEvents } from './event-reader.ts'
import { openServed, send, type ServedProject } from './server-kit.ts'

const started = z.looseObject({ status: z.looseObject({ run: z.string() }) })
const planned = z.looseObject({ planId: z.string() })

/** What the hidden job is called, and what else tells of it: its file, its model, the words of its rows. */
const hidden = /secretjob|gpt-4o"|hidden-words/
const secretJob = (url: string): string => `import { defineJob, jsonl, openaiCompatible } from 'offpeak'
import { z } from 'zod'
export default defineJob({
  name: 'secretjob',
  from: jsonl.rows({ file: 'notes.jsonl', key: 'id', row: z.object({ id: z.number(), text: z.string() }) }),
  model: openaiCompatible({ baseUrl: '${url}', apiKeyEnv: 'OFFPEAK_TEST_RUN_KEY' })('gpt-4o'),
  params: z.object({ court: z.string().optional().describe('hidden-words') }),
  maxTokens: 100,
  prompt: ({ row }) => \`hidden-words \${row.text}\`,
  to: { jsonl: 'secret.jsonl' },
  after: 'notes',
})
`

let project: ServedProject
let own = ''
let foreign = ''
let plan = ''

async function start(job: string): Promise<string> {
  const { json } = await project.ask('POST', `/api/v1/jobs/${job}/runs`, { body: { maxCost: '$1' } })
  const { run } = started.parse(json).status
  await carry(project, run)
  return run
}

beforeAll(async () => {
  project = await openServed(
    {
      job: `variants: { short: ({ row }) => row.text, long: ({ row }) => row.text },`,
      settings: { api: { compat: { job: 'secretjob', by: ['id'] } } },
    },
    { emulatorControl: { url: 'http://127.0.0.1:1' } },
    async ({ dir, emulator }) => write(dir, { 'jobs/secret.job.ts': secretJob(emulator.openaiBaseUrl) }),
  )
  own = await start('notes')
  foreign = await start('secretjob')
  const made = await project.ask('POST', '/api/v1/jobs/secretjob/plan', { body: { redo: true } })
  plan = planned.parse(made.json).planId
})
afterAll(() => project[Symbol.asyncDispose]())

/** Asks as a key does; what differs from call to call is left out. */
async function answerTo(key: string, { method, path, body }: Door): Promise<string> {
  const asking = { key, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
  const { status, text } = await project.ask(method, path, asking)
  return (
    `${status} ${text}`
      .replaceAll(/"(?:planId|now)":(?:"[^"]+"|\d+)/g, '')
      // Which entry was perhaps meant is told by how what was asked for is spelt, and by nothing else.
      .replaceAll(/did you mean [`'][^`']+[`']\? ?|the entries are [^"]*/g, '')
  )
}

describe.for(['read', 'run', 'admin'] as const)('a key of the scope %s for one job', (scope) => {
  test('is answered of another job and its runs as of what nobody has, at every door', async () => {
    const key = await project.addKey({ scope, name: 'mine', jobs: '["notes"]' })
    const known = { run: own, job: 'notes', key: '1', id: own, a: own, b: own }
    for (const name of [foreign, 'secretjob', plan, `${foreign}:short`]) {
      const stranger = name.replaceAll(/[a-z0-9]/g, 'q')
      const usual = await doorsOf(project, stranger, known)
      for (const [at, door] of (await doorsOf(project, name, known)).entries()) {
        const other = usual[at]
        if (!other) throw new Error('the doors are the same')
        const what = `${door.what} with ${name}`
        // What was asked for may be said again, and nothing else.
        const strange = (await answerTo(key, door))
          .replaceAll(name, stranger)
          .replaceAll(foreign, 'q'.repeat(foreign.length))
        expect.soft(strange, what).toBe(await answerTo(key, other))
        expect.soft(strange, what).not.toMatch(hidden)
      }
    }
  })

  test('finds nothing of another job in what it may look at', async () => {
    const key = await project.addKey({ scope, name: 'mine', jobs: '["notes"]' })
    const looks = project.server.routes.filter(
      ({ method, path, scope: needed }) => method === 'get' && needed !== 'open' && !path.endsWith('/events'),
    )
    const queries = ['', '?by=job', '?by=run&series=model', '?by=model&series=job', '?by=day', '?limit=500']
    let answered = 0
    for (const { path } of looks)
      for (const query of queries) {
        const filled = path
          .replace('{run}', own)
          .replace('{job}', 'notes')
          .replace('{key}', '1')
          .replace('{id}', own)
        const { status, text } = await project.ask('GET', `${filled}${query}`, { key })
        expect.soft(text, `${filled}${query}`).not.toMatch(hidden)
        expect.soft(text, `${filled}${query}`).not.toContain(foreign)
        if (status === 200) answered += 1
      }
    expect(answered).toBeGreaterThan(20)
    const about = await project.ask('GET', '/api/v1/session', { key })
    expect(about.json).toMatchObject({ jobs: ['notes'], compat: null, emulator: false })
  })

  test('hears nothing of another job in its streams', async () => {
    const key = await project.addKey({ scope, name: 'mine', jobs: '["notes"]' })
    const { store } = project.offpeak
    await using all = await readEvents(project.server.url, '/api/v1/events?after=0', key)
    await using one = await readEvents(project.server.url, `/api/v1/runs/${own}/events?after=0`, key)
    await store.addEvent(foreign, Date.now(), 'test.foreign', { words: 'hidden-words' })
    await store.addEvent(own, Date.now(), `test.${scope}`, {})
    for (const stream of [all, one]) {
      await stream.until((messages) =>
        messages.some(({ message }) => message.type === 'event' && message.event.kind === `test.${scope}`),
      )
      const heard = JSON.stringify(stream.messages)
      expect(heard).not.toMatch(hidden)
      expect(heard).not.toContain(foreign)
      expect(heard, 'its own it hears').toContain(own)
    }
  })
})

test('a run tells who sees all of them which jobs should have followed it, and nobody else', async () => {
  const { store } = project.offpeak
  const follows = (text: string): boolean => text.includes('secretjob')
  await expect
    .poll(async () => (await store.events(own, 0, 1_000)).some(({ kind }) => kind === 'follow.refused'))
    .toBe(true)
  const mine = await project.addKey({ scope: 'read', jobs: '["notes"]' })
  for (const path of [`/api/v1/runs/${own}/history`, `/api/v1/runs/${own}/report`]) {
    expect(follows((await project.ask('GET', path)).text), path).toBe(true)
    expect(follows((await project.ask('GET', path, { key: mine })).text), path).toBe(false)
  }
})

test('nobody without a key learns the name of a job', async () => {
  const paths = [
    '/openapi.json',
    '/healthz',
    '/readyz',
    '/',
    '/api/v1/jobs',
    '/api/v1/batch/list',
    '/products/status',
  ]
  for (const path of paths) {
    const { text } = await send(project.server.url, 'GET', path, {})
    expect(text, path).not.toContain('secretjob')
  }
})

test('a file of another job that cannot be loaded is told to those alone who see all jobs', async () => {
  await using broken = await openServed({}, {}, async ({ dir }) =>
    write(dir, { 'jobs/secretjob.job.ts': 'throw new Error("hidden-words")\n' }),
  )
  const mine = await broken.addKey({ scope: 'read', jobs: '["notes"]' })
  const asked = async (key: string): Promise<string> =>
    (await send(broken.server.url, 'GET', '/api/v1/jobs', { 'x-api-key': key })).text
  expect(await asked(broken.keys.read)).toMatch(/secretjob/)
  expect(await asked(mine)).toMatch(/"name":"notes"/)
  expect(await asked(mine)).not.toMatch(hidden)
})
