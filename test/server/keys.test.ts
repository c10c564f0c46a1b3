import { expect, test } from 'vitest'
import { z } from 'zod'
import { write } from '../cli/project.ts'
import { carry } from '../engine/run-kit.ts'
import { openServed, type ServedProject } from './server-kit.ts'

const started = z.looseObject({ status: z.looseObject({ run: z.string() }) })

async function start(project: ServedProject, job: string, key: string, maxCost = '$1'): Promise<string> {
  const answer = await project.ask('POST', `/api/v1/jobs/${job}/runs`, { key, body: { maxCost, redo: true } })
  expect(answer.status, answer.text).toBe(201)
  return started.parse(answer.json).status.run
}

/** A second job of the same notes. */
async function withOther(): Promise<ServedProject> {
  const project = await openServed({}, {}, async ({ dir, emulator }) =>
    write(dir, {
      'jobs/other.job.ts': `import { defineJob, jsonl, openaiCompatible } from 'offpeak'
import { z } from 'zod'
export default defineJob({
  name: 'other',
  from: jsonl.rows({ file: 'notes.jsonl', key: 'id', row: z.object({ id: z.number(), text: z.string() }) }),
  model: openaiCompatible({ baseUrl: '${emulator.openaiBaseUrl}', apiKeyEnv: 'OFFPEAK_TEST_RUN_KEY' })('gpt-4o'),
  maxTokens: 100,
  prompt: ({ row }) => row.text,
  to: { jsonl: 'other.jsonl' },
})
`,
    }),
  )
  return project
}

test('a key for some jobs sees no other, whatever it asks', async () => {
  await using project = await withOther()
  const { ask, addKey, keys, server } = project
  const mine = await addKey({ scope: 'run', jobs: '["notes"]' })
  const [own, foreign] = [await start(project, 'notes', mine), await start(project, 'other', keys.run)]
  await carry(project, own)
  await carry(project, foreign)
  const ids = { run: foreign, job: 'other', key: '1' }
  for (const { method, path, scope } of server.routes) {
    if (!/\{(?:run|job)\}/.test(path) || scope === 'open' || path.includes('/batch/')) continue
    const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(Reflect.get(ids, name) ?? 'x'))
    const { status, text } = await ask(method.toUpperCase(), filled, {
      key: mine,
      ...(method === 'post' ? { body: {} } : {}),
    })
    expect(status, `${method} ${filled}`).toBe(404)
    expect(text.replaceAll(foreign, '').replaceAll(/no job other/g, '')).not.toContain('other')
  }
  const found = async (path: string): Promise<string> => (await ask('GET', path, { key: mine })).text
  for (const path of [
    '/api/v1/runs',
    '/api/v1/runs?job=other',
    '/api/v1/jobs',
    '/api/v1/costs?by=run',
    '/api/v1/costs?by=job&series=model',
    '/api/v1/quota',
    '/api/v1/session',
  ]) {
    const text = await found(path)
    expect(text, path).not.toContain(foreign)
    expect(text, path).not.toMatch(/"other"|gpt-4o"/)
  }
  expect(await found('/api/v1/runs')).toContain(own)
  const all = z.looseObject({ total: z.object({ runs: z.number() }).loose() })
  expect(all.parse((await ask('GET', '/api/v1/costs')).json).total.runs).toBe(2)
  expect(all.parse((await ask('GET', '/api/v1/costs', { key: mine })).json).total.runs).toBe(1)
  expect((await ask('GET', `/api/v1/compare?a=${own}&b=${foreign}`, { key: mine })).status).toBe(404)
  expect(
    (await ask('POST', '/api/v1/reviews', { key: mine, body: { run: foreign, key: '1', verdict: 'skip' } }))
      .status,
  ).toBe(404)
  expect((await ask('GET', '/metrics', { key: mine })).status).toBe(403)
})

test('the budget of a key binds all that it starts together, and nothing raises it', async () => {
  await using project = await openServed({ records: 40 })
  const { ask, addKey, keys, offpeak } = project
  const full = await offpeak.plan('notes', { params: {}, limit: null, only: null, redo: false })
  const budgetMicroUsd = Math.ceil((full.cost?.likelyMicroUsd ?? 0) * 1.5)
  const poor = await addKey({ scope: 'run', budgetMicroUsd })
  let second = ''
  let state = 'done'
  for (let runs = 0; state === 'done' && runs < 9; runs++) {
    second = await start(project, 'notes', poor)
    ;({ state } = await carry(project, second))
  }
  expect(await offpeak.status(second)).toMatchObject({ state: 'paused', pauseKind: 'budget' })
  const key = `key:${/^op_live_([a-z0-9]+)/.exec(poor)?.[1] ?? ''}`
  const spent = async (): Promise<number> => {
    const budget = await offpeak.store.budget(key)
    expect(budget?.capMicroUsd).toBe(budgetMicroUsd)
    return (budget?.spentMicroUsd ?? 0) + (budget?.reservedMicroUsd ?? 0)
  }
  expect(await spent()).toBeLessThanOrEqual(budgetMicroUsd)
  const resumed = await ask('POST', `/api/v1/runs/${second}/resume`, { key: poor, body: { maxCost: '$100' } })
  expect(resumed.status).toBe(200)
  await carry(project, second)
  expect(await spent(), 'a new cap of the run is none of the key').toBeLessThanOrEqual(budgetMicroUsd)
  expect((await ask('POST', `/api/v1/runs/${second}/cancel`, { key: poor })).status).toBe(200)
  await carry(project, second)

  const other = await start(project, 'notes', keys.run)
  for (const act of ['resume', 'submit', 'retry'])
    expect(
      (await ask('POST', `/api/v1/runs/${other}/${act}`, { key: poor, body: { maxCost: '$100' } })).json,
      `${act} of a run that draws on another budget`,
    ).toMatchObject({ status: 403, code: 'E_SCOPE' })
  expect(
    (await ask('POST', `/api/v1/runs/${other}/retry`, { key: poor, body: { dryRun: true } })).status,
  ).toBe(200)
})
