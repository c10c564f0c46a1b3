import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { cp } from 'node:fs/promises'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { serve, type Served, withoutKeys } from '../../cli/child.ts'
import { temporaryFolder } from '../../cli/project.ts'

const root = join(import.meta.dirname, '../../..')

/** What the users of such a service type, as their own description has it. */
const described = join(root, '../shared/systems/3-products.md')
const copied = `
curl -X POST "http://localhost:8000/api/v1/batch/create?category_limit=3" \\
  -H "X-API-Key: your-api-key"

curl -X POST "http://localhost:8000/api/v1/batch/submit/{batch_id}" \\
  -H "X-API-Key: your-api-key"

curl -X GET "http://localhost:8000/api/v1/batch/status/{batch_id}" \\
  -H "X-API-Key: your-api-key"

curl -X POST "http://localhost:8000/api/v1/batch/process-results/{batch_id}" \\
  -H "X-API-Key: your-api-key"

curl -X GET "http://localhost:8000/api/v1/batch/list" \\
  -H "X-API-Key: your-api-key"

curl -X GET "http://localhost:8000/api/v1/batch/products/status" \\
  -H "X-API-Key: your-api-key"
`

const lines = (existsSync(described) ? readFileSync(described, 'utf8') : copied).matchAll(
  /^curl (?:.*\\\n)*.*$/gm,
)
const curls = new Map(
  Array.from(lines, ([line]) => [/api\/v1\/batch\/([\w/-]+?)(?:\/\{|["?])/.exec(line)?.[1] ?? '', line]),
)

const created = z.object({
  id: z.string(),
  status: z.literal('created'),
  test: z.boolean(),
  total_requests: z.number(),
  estimated_cost: z.number(),
  max_cost: z.number(),
  files: z.array(z.object({ name: z.string(), requests: z.number(), bytes: z.number() })),
  submit_url: z.string(),
})
const fates = z.object({
  total: z.number(),
  done: z.number(),
  stale: z.number(),
  failed: z.number(),
  missing: z.number(),
})
const coverage = fates.extend({ groups: z.array(fates.extend({ locale: z.string(), category: z.string() })) })

interface Shop extends AsyncDisposable {
  readonly port: number
  readonly url: string
  readonly server: Served
  /** Runs a line of curl and reads what it prints. */
  readonly curl: (line: string) => Promise<unknown>
}

async function openShop(): Promise<Shop> {
  const folder = temporaryFolder()
  await cp(join(root, 'examples/products'), folder.path, {
    recursive: true,
    filter: (path) => !path.includes('.offpeak') && !path.includes('product-quality'),
  })
  await promisify(execFile)(
    process.execPath,
    ['-C', 'offpeak-source', join(root, 'examples/products/seed.ts'), '--products', '20'],
    { env: { ...withoutKeys(), DATABASE_URL: `pglite:${join(folder.path, '.offpeak/shop')}` } },
  )
  const port = (await isFree(8000)) ? 8000 : 0
  const server = await serve(folder.path, ['serve', '--port', String(port), '--json'], {
    OFFPEAK_API_KEY: 'your-api-key',
  })
  const url = z.string().parse(server.first['url'])
  return {
    port: Number(new URL(url).port),
    url,
    server,
    async curl(line) {
      const here = line.replaceAll('localhost:8000', `localhost:${new URL(url).port}`)
      const { stdout } = await promisify(execFile)('sh', ['-c', `${here} --silent --show-error`])
      return JSON.parse(stdout)
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      folder[Symbol.dispose]()
    },
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  try {
    server.listen(port, 'localhost')
    await once(server, 'listening')
    return true
  } catch {
    return false
  } finally {
    server.close()
  }
}

test('the lines of curl of a batch service work as they stand', { timeout: 180_000 }, async () => {
  await using shop = await openShop()
  const typed = (name: string, id = ''): Promise<unknown> => {
    const line = curls.get(name)
    if (line === undefined) throw new Error(`there is no line for ${name}`)
    return shop.curl(line.replace('{batch_id}', id))
  }

  const batch = created.parse(await typed('create'))
  // Twenty products of eight kinds, three of each at most, in seven languages.
  expect(batch).toMatchObject({ test: false, total_requests: 20 * 7 })
  expect(batch.max_cost).toBeGreaterThan(batch.estimated_cost)
  expect(batch.submit_url).toBe(`/api/v1/batch/submit/${batch.id}`)
  expect(batch.files.reduce((sum, { requests }) => sum + requests, 0)).toBe(batch.total_requests)
  expect(await typed('create'), 'again: the same one').toEqual(batch)
  expect(await typed('process-results', batch.id)).toMatchObject({
    status: 409,
    detail: expect.stringContaining('not_ready'),
  })

  const sent = await typed('submit', batch.id)
  expect(sent).toMatchObject({ id: batch.id, request_counts: { total: 140 } })
  expect(await typed('submit', batch.id)).toMatchObject({ id: batch.id })

  await expect
    .poll(() => typed('status', batch.id), { timeout: 120_000, interval: 500 })
    .toMatchObject({ status: 'completed' })
  expect(await typed('status', batch.id)).toMatchObject({
    request_counts: { total: 140, completed: 140, failed: 0 },
    merged: 140,
    cost: { estimated: batch.estimated_cost, reserved: 0, actual: expect.any(Number) },
    batches: [{ id: expect.stringMatching(/^batch_/), status: 'merged' }],
  })
  expect(await typed('process-results', batch.id)).toEqual({
    id: batch.id,
    merged: 0,
    unchanged: 140,
    invalid: 0,
    failed: 0,
  })
  expect(await typed('list')).toMatchObject({
    items: [{ id: batch.id, status: 'completed', total_requests: 140, merged: 140 }],
    next_cursor: null,
  })
  const covered = coverage.parse(await typed('products/status'))
  expect(covered).toMatchObject({ total: 140, done: 140, stale: 0, failed: 0, missing: 0 })
  expect(covered.groups).toHaveLength(8 * 7)
  expect(covered.groups.find(({ locale }) => locale === 'de-DE')).toMatchObject({ stale: 0, missing: 0 })
  const aside = await fetch(`${shop.url}/products/status`, { headers: { 'X-API-Key': 'your-api-key' } })
  expect(coverage.parse(await aside.json())).toEqual(covered)

  // What came after the lines: a smaller batch to look at, keys that are none, and the same asked twice.
  const ask = async (
    method: string,
    path: string,
    key = 'your-api-key',
  ): Promise<{ readonly status: number; readonly body: unknown }> => {
    const answer = await fetch(`${shop.url}/api/v1/batch/${path}`, { method, headers: { 'x-api-key': key } })
    return { status: answer.status, body: await answer.json() }
  }
  expect((await ask('GET', 'list', 'another')).status).toBe(401)
  expect(await ask('POST', 'create'), 'all of it is done').toMatchObject({
    status: 409,
    body: { code: 'E_RUN_STATE' },
  })
  expect(await ask('POST', 'create?category_limit=none')).toMatchObject({
    status: 422,
    body: { code: 'E_PARAMS' },
  })
  expect((await ask('GET', 'status/nobody')).status).toBe(404)
  expect((await shop.server.end('SIGTERM')).exit).toBe(0)
})
