import { expect, test } from 'vitest'
import { z } from 'zod'
import { serve, type Serving } from '../../../src/server/serve.ts'
import { mintKey } from '../../../src/server/guard/api-key.ts'
import { carry, openKit, type KitProject, type KitOptions } from '../../engine/run-kit.ts'
import { write } from '../../cli/project.ts'

interface Api extends AsyncDisposable {
  readonly project: KitProject
  readonly serving: Serving
  readonly ask: (
    method: 'GET' | 'POST',
    path: string,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<{ readonly status: number; readonly body: unknown; readonly replayed: boolean }>
}

/** A project of twelve notes behind the batch paths, asked with a key of the scope `run`. */
async function openApi(options: KitOptions = {}, budgetMicroUsd: number | null = null): Promise<Api> {
  const project = await openKit({
    job: `budget: { perRun: '$5' },
  params: z.object({ kind: z.string().default('ship') }),`,
    ...options,
    settings: {
      api: { compat: { job: 'notes', by: ['id'] } },
      batch: { maxRequests: 5 },
      ...options.settings,
    },
  })
  const { text, id, hash } = mintKey('abcdefgh')
  await project.offpeak.store.addKey({
    id,
    name: 'test',
    secretHash: hash,
    scope: 'run',
    jobs: null,
    budgetMicroUsd,
    createdAt: 0,
    expiresAt: null,
    revokedAt: null,
    lastUsedAt: null,
  })
  const serving = await serve(project.offpeak, {
    port: 0,
    ui: false,
    version: 'test',
    log: () => undefined,
  })
  return {
    project,
    serving,
    async ask(method, path, headers = {}) {
      const answer = await fetch(`${serving.url}/api/v1/batch/${path}`, {
        method,
        headers: { 'x-api-key': text, ...headers },
      })
      return {
        status: answer.status,
        body: await answer.json(),
        replayed: answer.headers.has('idempotency-replayed'),
      }
    },
    async [Symbol.asyncDispose]() {
      await serving.close()
      await project[Symbol.asyncDispose]()
    },
  }
}

const made = z.looseObject({ id: z.string() })
const idOf = ({ body }: { readonly body: unknown }): string => made.parse(body).id

test('a batch is built and nothing is sent before it is submitted; then it is sent once', async () => {
  await using api = await openApi()
  const { ask, project } = api
  const created = await ask('POST', 'create')
  expect(created).toMatchObject({
    status: 201,
    body: {
      status: 'created',
      test: false,
      total_requests: 12,
      files: [{ requests: 5 }, { requests: 5 }, { requests: 2 }],
    },
  })
  const id = idOf(created)
  expect(project.emulator.bill().requests).toBe(0)
  expect(await ask('GET', `status/${id}`)).toMatchObject({
    status: 200,
    body: { status: 'created', merged: 0, cost: { reserved: 0, actual: 0 }, eta: null, completed_at: null },
  })
  expect(await ask('POST', `submit/${id}`)).toMatchObject({ status: 202, body: { id, status: 'processing' } })
  expect(await ask('POST', `submit/${id}`)).toMatchObject({ status: 202, body: { id, status: 'processing' } })
  await carry(project, id)
  expect(await ask('POST', `submit/${id}`)).toMatchObject({ status: 202, body: { id, status: 'completed' } })
  expect(project.emulator.bill()).toMatchObject({ requests: 12, duplicate_requests: 0 })
})

test('the same Idempotency-Key gets the same batch, also when that is over', async () => {
  await using api = await openApi()
  const key = { 'idempotency-key': 'first' }
  const created = await api.ask('POST', 'create', key)
  const again = await api.ask('POST', 'create', key)
  expect(again).toEqual({ status: 200, body: created.body, replayed: true })
  await api.ask('POST', `submit/${idOf(created)}`)
  await carry(api.project, idOf(created))
  expect(await api.ask('POST', 'create', key)).toEqual(again)
  expect(await api.ask('POST', 'create?kind=boat', key)).toMatchObject({
    status: 422,
    body: { code: 'E_REPEAT' },
  })
})

test('a test batch is small, and one that was created otherwise is in the way', async () => {
  await using api = await openApi()
  const small = await api.ask('POST', 'create-test?kind=boat')
  expect(small).toMatchObject({ status: 201, body: { test: true, total_requests: 5 } })
  expect(await api.ask('POST', 'create-test?kind=boat')).toMatchObject({ status: 200, body: small.body })
  const fix = expect.stringContaining(`/api/v1/batch/submit/${idOf(small)}`)
  for (const path of ['create', 'create?kind=boat', 'create-test', 'create-test?kind=boat&limit=3'])
    expect(await api.ask('POST', path), path).toMatchObject({
      status: 409,
      body: { code: 'E_RUN_STATE', fix },
    })
  expect(await api.ask('POST', 'create-test?limit=0')).toMatchObject({ status: 422 })
})

test('a batch of which the plan no longer holds is not sent', async () => {
  await using api = await openApi()
  const id = idOf(await api.ask('POST', 'create'))
  await write(api.project.dir, { 'notes.jsonl': `${JSON.stringify({ id: 1, text: 'The only note.' })}\n` })
  expect(await api.ask('POST', `submit/${id}`)).toMatchObject({
    status: 409,
    body: { code: 'E_PLAN_STALE', detail: expect.stringContaining('records: 12 then, 1 now') },
  })
  expect(api.project.emulator.bill().requests).toBe(0)
})

test('what would break a budget is refused, and nothing is sent', async () => {
  await using api = await openApi()
  const id = idOf(await api.ask('POST', 'create'))
  expect(await api.ask('POST', `submit/${id}?max_cost=$0.000001`)).toMatchObject({
    status: 402,
    body: { code: 'E_BUDGET' },
  })
  expect(await api.ask('POST', `submit/${id}?max_cost=much`)).toMatchObject({ status: 422 })
  await using poor = await openApi({}, 1)
  expect(await poor.ask('POST', `submit/${idOf(await poor.ask('POST', 'create'))}`)).toMatchObject({
    status: 402,
    body: { code: 'E_BUDGET' },
  })
  expect(api.project.emulator.bill().requests + poor.project.emulator.bill().requests).toBe(0)
})

test('results are processed at the end, or as far as they are there, and as often as one likes', async () => {
  await using api = await openApi()
  const id = idOf(await api.ask('POST', 'create'))
  await api.ask('POST', `submit/${id}`)
  expect(await api.ask('POST', `process-results/${id}`)).toMatchObject({
    status: 409,
    body: { code: 'E_RUN_STATE', detail: expect.stringContaining('not_ready') },
  })
  expect(await api.ask('POST', `process-results/${id}?partial=true`)).toMatchObject({
    status: 200,
    body: { id, merged: 0, invalid: 0, failed: 0 },
  })
  await carry(api.project, id)
  expect(await api.ask('POST', `process-results/${id}`)).toMatchObject({
    status: 200,
    body: { id, merged: 0, unchanged: 12, invalid: 0, failed: 0 },
  })
})

test('batches are listed newest first, page by page and by their state', async () => {
  await using api = await openApi()
  const ids: string[] = []
  for (const limit of [1, 2]) {
    const id = idOf(await api.ask('POST', `create-test?limit=${limit}`))
    await api.ask('POST', `submit/${id}`)
    await carry(api.project, id)
    ids.unshift(id)
  }
  ids.unshift(idOf(await api.ask('POST', 'create')))
  const page = z.object({ items: z.array(made), next_cursor: z.string().nullable() })
  const listed = async (query: string): Promise<z.infer<typeof page>> =>
    page.parse((await api.ask('GET', `list${query}`)).body)
  expect((await listed('')).items.map(({ id }) => id)).toEqual(ids)
  const first = await listed('?limit=2')
  expect(first.items).toHaveLength(2)
  const second = await listed(`?limit=2&cursor=${first.next_cursor ?? ''}`)
  expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(ids)
  expect(second.next_cursor).toBeNull()
  expect((await listed('?status=completed')).items.map(({ id }) => id)).toEqual(ids.slice(1))
  expect((await listed('?status=created')).items.map(({ id }) => id)).toEqual(ids.slice(0, 1))
  expect((await api.ask('GET', 'list?status=odd')).status).toBe(422)
})

test('the paths are in the document with the parameters of the job, and are not there without the entry', async () => {
  await using api = await openApi()
  const document = z.object({ paths: z.record(z.string(), z.looseObject({})) })
  const { paths } = document.parse(await (await fetch(`${api.serving.url}/openapi.json`)).json())
  expect(Object.keys(paths).filter((path) => path.includes('batch/') || path === '/products/status')).toEqual(
    [
      '/api/v1/batch/create',
      '/api/v1/batch/create-test',
      '/api/v1/batch/submit/{id}',
      '/api/v1/batch/status/{id}',
      '/api/v1/batch/process-results/{id}',
      '/api/v1/batch/list',
      '/api/v1/batch/products/status',
      '/products/status',
    ],
  )
  expect(JSON.stringify(paths['/api/v1/batch/create'])).toContain('"name":"kind","in":"query"')
  await using plain = await openApi({ settings: { api: {} } })
  expect((await plain.ask('GET', 'list')).status).toBe(404)
  await using odd = await openKit({ settings: { api: { compat: { job: 'nope' } } } })
  await expect(serve(odd.offpeak, { port: 0, version: 'test' })).rejects.toMatchObject({
    code: 'E_JOB_UNKNOWN',
  })
})
