import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { carry } from '../engine/run-kit.ts'
import { hasPromtool, promtoolSays } from '../support/promtool.ts'
import { openServed, send, type ServedProject } from './server-kit.ts'

const started = z.looseObject({
  attached: z.boolean(),
  status: z.looseObject({ run: z.string(), state: z.string() }),
})
const page = z.looseObject({ items: z.array(z.looseObject({})), nextCursor: z.string().nullable() })

/** A run over HTTP, from its plan to its end; the worker is another process as far as the server knows. */
async function runOnce({ ask }: ServedProject, body: object = { maxCost: '$1' }): Promise<string> {
  const answer = await ask('POST', '/api/v1/jobs/notes/runs', { body })
  expect(answer.status, answer.text).toBe(201)
  return started.parse(answer.json).status.run
}

describe('a run over HTTP', () => {
  let project: ServedProject
  let run = ''
  beforeAll(async () => {
    project = await openServed({
      records: 12,
      marker: (id) => (id === 3 ? '[[refusal]]' : ''),
      job: 'score: { of: () => 0.9 },',
    })
    const made = await project.ask('POST', '/api/v1/jobs/notes/plan', { body: { limit: 10 } })
    const { planId, plan, command } = z
      .looseObject({ planId: z.string(), plan: z.looseObject({ toSend: z.number() }), command: z.string() })
      .parse(made.json)
    expect(plan.toSend).toBe(10)
    expect(command).toMatch(/^offpeak run notes --limit 10 --max-cost '\$0\.00\d+'$/)
    run = await runOnce(project, { planId })
    await carry(project, run)
  })
  afterAll(() => project[Symbol.asyncDispose]())

  test('is told from every side, each answer in its documented shape', async () => {
    const { ask } = project
    const status = await ask('GET', `/api/v1/runs/${run}`)
    expect(status.json).toMatchObject({ schema: 'offpeak.status/2', state: 'done', selected: 10 })
    const paths = [
      '',
      '/errors',
      '/batches',
      '/plan',
      '/report',
      '/timeline',
      '/history',
      '/rows?answers=true',
      '/review?source=sample',
      '/rows/1',
      '/rows/3',
    ]
    for (const path of paths) expect((await ask('GET', `/api/v1/runs/${run}${path}`)).status, path).toBe(200)
    for (const path of [
      '/api/v1/jobs',
      '/api/v1/jobs/notes',
      '/api/v1/jobs/notes/coverage',
      '/api/v1/runs',
      '/api/v1/costs?by=day&series=job&since=30d',
      '/api/v1/quota',
      '/metrics',
      '/readyz',
      '/openapi.json',
    ])
      expect((await ask('GET', path)).status, path).toBe(200)
    const metrics = (await ask('GET', '/metrics')).text
    for (const kind of ['input', 'output'])
      expect(metrics).toMatch(new RegExp(`^offpeak_tokens_total\\{job="notes",kind="${kind}"\\} [1-9]`, 'm'))
    expect((await ask('HEAD', `/api/v1/runs/${run}`)).text).toBe('')
    expect((await ask('GET', '/api/v1/emulator')).json).toMatchObject({ status: 404, code: 'E_ROUTE' })
  })

  test.skipIf(!hasPromtool)('has metrics of which promtool says nothing (promtool is here)', async () => {
    expect(promtoolSays((await project.ask('GET', '/metrics')).text)).toBe('')
    expect(promtoolSays('# TYPE a_total gauge\na_total 1\n'), 'it would say something').not.toBe('')
  })

  test('is found in the list, by its job and its state, page by page', async () => {
    const { ask } = project
    const found = async (query: string): Promise<z.output<typeof page>> =>
      page.parse((await ask('GET', `/api/v1/runs?${query}`)).json)
    expect((await found('job=notes&state=done')).items).toMatchObject([{ run, merged: expect.any(Number) }])
    expect((await found('state=running,paused')).items).toEqual([])
    for (const bad of ['state=nope', 'cursor=nope', 'limit=0', 'limit=501', 'limit=x', 'more=1'])
      expect((await ask('GET', `/api/v1/runs?${bad}`)).status, bad).toBe(422)
  })

  test('gives its rows and its history page by page, and refuses cursors that it did not give', async () => {
    const { ask } = project
    const keys: unknown[] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const found = page.parse(
        (await ask('GET', `/api/v1/runs/${run}/rows?limit=4${cursor === '' ? '' : `&cursor=${cursor}`}`))
          .json,
      )
      keys.push(...found.items.map(({ key }) => key))
      cursor = found.nextCursor
    }
    expect(keys).toEqual(Array.from({ length: 10 }, (_, id) => String(id)))
    expect(
      page.parse((await ask('GET', `/api/v1/runs/${run}/rows?outcome=merged&q=1`)).json).items,
    ).toMatchObject([{ key: '1' }])
    const first = page.parse((await ask('GET', `/api/v1/runs/${run}/history?limit=3`)).json)
    const second = page.parse(
      (await ask('GET', `/api/v1/runs/${run}/history?limit=3&cursor=${first.nextCursor}`)).json,
    )
    expect(Number(second.items[0]?.['id'])).toBeGreaterThan(Number(first.items[2]?.['id']))
    for (const path of [
      'rows?cursor=-1',
      'rows?cursor=10',
      'rows?cursor=999999999',
      'rows?q=1&cursor=999999999',
      'rows?sort=-key&cursor=999999999',
      'rows?q=1&sort=key&cursor=5',
      'rows?outcome=nope',
      'history?cursor=x',
      'history?cursor=99999999999999999999',
    ])
      expect((await ask('GET', `/api/v1/runs/${run}/${path}`)).status, path).toBe(422)
  })

  test('streams its results as lines, which end when the client leaves', async () => {
    const { server, keys, ask } = project
    const all = await ask('GET', `/api/v1/runs/${run}/results`)
    expect(all.headers).toMatchObject({
      'content-type': 'application/x-ndjson',
      'content-disposition': `attachment; filename="notes-${run}.jsonl"`,
    })
    const lines = all.text
      .trimEnd()
      .split('\n')
      .map((line) => z.looseObject({ key: z.string(), outcome: z.string() }).parse(JSON.parse(line)))
    expect(lines.map(({ key }) => key)).toEqual(Array.from({ length: 10 }, (_, id) => String(id)))
    const good = await ask('GET', `/api/v1/runs/${run}/results?status=ok`)
    expect(good.text.trimEnd().split('\n')).toHaveLength(
      lines.filter(({ outcome }) => outcome === 'merged').length,
    )
    for (let time = 0; time < 20; time++) {
      const leave = new AbortController()
      await fetch(`${server.url}/api/v1/runs/${run}/results`, {
        headers: { 'x-api-key': keys.read },
        signal: leave.signal,
      })
      leave.abort()
    }
    expect(
      (await send(server.url, 'HEAD', `/api/v1/runs/${run}/results`, { 'x-api-key': keys.read })).status,
    ).toBe(200)
    expect((await ask('GET', `/api/v1/runs/${run}/results`)).status, 'every place was given back').toBe(200)
  })

  test('streams its results as CSV, with formulas made text on wish', async () => {
    const { ask } = project
    const all = await ask('GET', `/api/v1/runs/${run}/results?format=csv&escapeFormulas=true`)
    expect(all.headers).toMatchObject({
      'content-type': 'text/csv',
      'content-disposition': `attachment; filename="notes-${run}.csv"`,
    })
    const [head, ...lines] = all.text.trimEnd().split('\n')
    expect(head).toMatch(/^key,outcome,reason,output/)
    expect(lines).toHaveLength(10)
    expect((await ask('GET', `/api/v1/runs/${run}/results?format=xml`)).status).toBe(422)
  })

  test('takes verdicts of people, with the name of their key, and takes them back', async () => {
    const { ask, addKey } = project
    const key = await addKey({ scope: 'run', name: 'anna' })
    const given = await ask('POST', '/api/v1/reviews', {
      key,
      body: { run, key: '1', verdict: 'accept', reason: 'good' },
    })
    expect(given.json).toMatchObject({ verdict: { by: 'anna', key: '1' }, outcome: 'merged', wrote: false })
    expect((await ask('GET', `/api/v1/runs/${run}/review?source=sample`)).json).toMatchObject({
      verdicts: { accept: 1 },
    })
    expect((await ask('DELETE', `/api/v1/reviews/${run}/1`)).json).toEqual({
      outcome: 'merged',
      wrote: false,
    })
    expect((await ask('DELETE', `/api/v1/reviews/${run}/1`)).status).toBe(404)
    expect(
      (await ask('POST', '/api/v1/reviews', { body: { run, key: 'none', verdict: 'accept' } })).status,
    ).toBe(404)
    expect((await ask('POST', '/api/v1/reviews', { body: { run, key: '1', verdict: 'fine' } })).status).toBe(
      422,
    )
  })

  test('is compared with another of its job', async () => {
    const { ask } = project
    const other = await runOnce(project, { limit: 5, redo: true, maxCost: '$1' })
    await carry(project, other)
    const compared = await ask('GET', `/api/v1/compare?a=${run}&b=${other}`)
    expect(compared.json).toMatchObject({ job: 'notes', preferred: { a: 0 } })
    const records = page.parse((await ask('GET', `/api/v1/compare/records?a=${run}&b=${other}&limit=2`)).json)
    expect(records.items).toHaveLength(2)
    const body = { a: run, b: other, key: String(records.items[0]?.['key']), preference: 'a' }
    expect((await ask('POST', '/api/v1/compare/preferences', { body })).json).toMatchObject({
      preferred: { a: 1 },
    })
    expect(
      (await ask('POST', '/api/v1/compare/preferences', { body: { ...body, preference: null } })).json,
    ).toMatchObject({ preferred: { a: 0 } })
    expect((await ask('GET', `/api/v1/compare?a=${run}&b=none`)).status).toBe(404)
  })

  test('is retried only within an amount, and merged again at no cost', async () => {
    const { ask } = project
    const dry = await ask('POST', `/api/v1/runs/${run}/retry`, {
      body: { dryRun: true, outcomes: ['refused'], today: false },
    })
    expect(dry.json).toMatchObject({
      kind: 'as-sent',
      marked: 0,
      requests: 1,
      command: expect.stringMatching(
        new RegExp(String.raw`^offpeak retry ${run} --status refused --as-sent --max-cost '\$0\.000\d+'$`),
      ),
    })
    const unchanged = await ask('POST', `/api/v1/runs/${run}/retry`, {
      body: { outcomes: ['refused'], maxCost: '$1' },
    })
    expect(unchanged.json, 'the same request would be refused again').toMatchObject({
      kind: 'today',
      requests: 0,
      asked: 0,
      marked: 0,
      rescue: null,
    })
    expect((await ask('GET', `/api/v1/runs/${run}/remedies`)).json).toMatchObject({
      run,
      stuck: { refused: 1 },
      problem: null,
    })
    const low = await ask('POST', `/api/v1/runs/${run}/retry`, {
      body: { outcomes: ['refused'], today: false, maxCost: '$0.000001' },
    })
    expect(low.json).toMatchObject({ status: 402, code: 'E_BUDGET' })
    expect(
      (await ask('POST', `/api/v1/runs/${run}/retry`, { body: { maxCost: 'much' } })).json,
    ).toMatchObject({
      status: 422,
      issues: [{ path: 'body.maxCost', message: 'not an amount of dollars' }],
    })
    const merged = await ask('POST', `/api/v1/runs/${run}/merge`, { body: {} })
    expect(merged.json).toMatchObject({ run, counts: { merged: expect.any(Number) } })
    const again = await ask('POST', `/api/v1/runs/${run}/retry`, {
      body: { outcomes: ['refused'], today: false, maxCost: '$1' },
    })
    expect(again.json).toMatchObject({ marked: 1 })
    expect((await ask('GET', `/api/v1/runs/${run}`)).json, 'a change is seen at once').toMatchObject({
      state: 'running',
    })
    await carry(project, run)
    const low2 = await ask('POST', `/api/v1/runs/${run}/retry`, {
      body: { outcomes: ['refused'], model: 'gpt-4o', maxCost: '$0.000001' },
    })
    expect(low2.json).toMatchObject({ status: 402, code: 'E_BUDGET' })
    const rescue = await ask('POST', `/api/v1/runs/${run}/retry`, {
      body: { outcomes: ['refused'], model: 'gpt-4o', maxCost: '$1' },
    })
    expect(rescue.json).toMatchObject({
      kind: 'today',
      marked: 1,
      asked: 1,
      rescue: expect.any(String),
      command: expect.stringMatching(
        new RegExp(
          String.raw`^offpeak retry ${run} --status refused --model gpt-4o --max-cost '\$0\.00\d+'$`,
        ),
      ),
    })
    const { rescue: id } = z.object({ rescue: z.string() }).parse(rescue.json)
    expect((await ask('GET', `/api/v1/runs/${id}`)).json).toMatchObject({ rescues: run, model: 'gpt-4o' })
    await carry(project, id)
  })
})

test('a run is built, submitted, paused, resumed and cancelled, each only where it can be', async () => {
  await using project = await openServed({ emulator: { speed: 1 } })
  const { ask } = project
  const act = (run: string, name: string, body: object = {}): ReturnType<typeof ask> =>
    ask('POST', `/api/v1/runs/${run}/${name}`, { body })
  expect((await ask('POST', '/api/v1/jobs/notes/runs', { body: {} })).json).toMatchObject({
    status: 422,
    code: 'E_CONSENT',
  })
  expect((await ask('POST', '/api/v1/jobs/nope/runs', { body: { maxCost: '$1' } })).json).toMatchObject({
    status: 404,
    code: 'E_JOB_UNKNOWN',
  })
  expect((await ask('POST', '/api/v1/jobs/..%2Fnotes.job.ts/runs', { body: { maxCost: '$1' } })).status).toBe(
    404,
  )
  expect((await ask('POST', '/api/v1/jobs/notes/runs', { body: { planId: 'none' } })).json).toMatchObject({
    status: 409,
    code: 'E_PLAN_STALE',
  })
  const low = await ask('POST', '/api/v1/jobs/notes/runs', { body: { maxCost: '$0.000001' } })
  expect(low.json).toMatchObject({ status: 402, code: 'E_BUDGET', money: 'no' })

  const run = await runOnce(project, { hold: true })
  await carry(project, run)
  expect((await ask('GET', `/api/v1/runs/${run}`)).json).toMatchObject({
    state: 'paused',
    pauseKind: 'submit',
  })
  expect((await act(run, 'resume')).json).toMatchObject({ status: 409, code: 'E_RUN_STATE' })
  expect((await act(run, 'pause')).status).toBe(409)
  expect((await act(run, 'submit')).json).toMatchObject({ status: 422, code: 'E_CONSENT' })
  expect((await act(run, 'submit', { maxCost: '$1' })).json).toMatchObject({
    state: 'running',
    money: { capMicroUsd: 1_000_000 },
  })
  expect((await act(run, 'submit', { maxCost: '$1' })).status, 'nothing is sent twice').toBe(200)
  expect((await act(run, 'pause')).json).toMatchObject({ state: 'paused', pauseKind: 'asked' })
  expect((await act(run, 'resume', { maxCost: '$2' })).json).toMatchObject({
    state: 'running',
    money: { capMicroUsd: 2_000_000 },
  })
  const lower = await ask('POST', '/api/v1/jobs/notes/runs', { body: { maxCost: '$1' } })
  expect(lower.json, 'a cap is lowered by resume alone').toMatchObject({ status: 402, code: 'E_BUDGET' })
  const attached = await ask('POST', '/api/v1/jobs/notes/runs', { body: { maxCost: '$2' } })
  expect(attached).toMatchObject({ status: 200, json: { attached: true, status: { run } } })
  expect((await act(run, 'cancel', { batch: 0, unsent: true })).status).toBe(422)
  expect((await act(run, 'cancel', { batch: 99 })).status).toBe(409)
  expect((await act(run, 'cancel')).json).toMatchObject({ state: 'cancelling' })
  await carry(project, run)
  expect((await act(run, 'cancel')).status).toBe(409)
  expect((await act(run, 'resume')).status).toBe(409)
  expect((await act(run, 'submit')).status).toBe(409)
  expect((await act(run, 'pause')).status).toBe(409)
})

test('a plan that no longer holds is not started', async () => {
  await using project = await openServed()
  const { ask } = project
  const made = await ask('POST', '/api/v1/jobs/notes/plan', { body: { limit: 5 } })
  const { planId } = z.looseObject({ planId: z.string() }).parse(made.json)
  expect((await ask('POST', '/api/v1/jobs/notes/runs', { body: { planId, limit: 6 } })).status).toBe(422)
  const other = await runOnce(project, { only: ['0', '1'], maxCost: '$1' })
  await carry(project, other)
  const stale = await ask('POST', '/api/v1/jobs/notes/runs', { body: { planId } })
  expect(stale.json).toMatchObject({ status: 409, code: 'E_PLAN_STALE' })
})

test('the emulator is turned over HTTP by those who may, when it is at hand', async () => {
  await using project = await openServed()
  await using turned = await openServed({}, { emulatorControl: project.emulator })
  const { ask } = turned
  expect((await ask('GET', '/api/v1/session')).json).toMatchObject({ emulator: true })
  expect(
    (await ask('POST', '/api/v1/emulator/clock', { body: { speed: 50, advance: '1h' } })).json,
  ).toMatchObject({ speed: 50 })
  const state = await ask('GET', '/api/v1/emulator')
  const { scenarios } = z
    .looseObject({ scenarios: z.array(z.object({ name: z.string() })) })
    .parse(state.json)
  for (const { name } of scenarios)
    expect((await ask('POST', '/api/v1/emulator/faults', { body: { scenario: name } })).status, name).toBe(
      200,
    )
  const refused = await ask('POST', '/api/v1/emulator/faults', { body: { scenario: 'nope' } })
  expect(refused.status).toBe(422)
  expect(refused.text).toContain('Known: expire-partial, ')
  const options = { every: '3', counts: 'zero' }
  expect(
    (await ask('POST', '/api/v1/emulator/faults', { body: { scenario: 'missing-lines', options } })).status,
  ).toBe(200)
  const misspelt = { scenario: 'missing-lines', options: { evry: '3' } }
  expect((await ask('POST', '/api/v1/emulator/faults', { body: misspelt })).text).toContain(
    'Known: every, counts.',
  )
  expect((await ask('DELETE', '/api/v1/emulator/faults')).json).toMatchObject({ faults: [] })
})
