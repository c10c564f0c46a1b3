import { pathToFileURL } from 'node:url'
import * as fc from 'fast-check'
import { z } from 'zod'
import { carry } from '../engine/run-kit.ts'
import { fitting, hostileTexts, hostileValues, type Names } from './schema-arbitrary.ts'
import { documentOf, openServed, send, type ServedProject } from './server-kit.ts'

/**
 * Asks a server whatever the document allows and much that it does not: `node -C offpeak-source test/server/fuzz.ts
 * [count] [seed]`. Nothing may be answered with a 5xx, against the document, or to somebody without a key.
 */

interface Fuzzed {
  readonly method: string
  readonly path: string
  readonly query: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
  readonly caller: 'admin' | 'run' | 'read' | 'few' | 'none' | 'wrong'
}

const operation = z.looseObject({
  parameters: z
    .array(
      z.looseObject({
        name: z.string(),
        in: z.string(),
        required: z.boolean().optional(),
        schema: z.unknown(),
      }),
    )
    .default([]),
  requestBody: z
    .looseObject({ content: z.record(z.string(), z.looseObject({ schema: z.unknown() })) })
    .optional(),
})
const document = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), operation)),
  components: z.looseObject({ schemas: z.unknown() }),
})

/** Sends so many requests; returns what was answered wrongly, each with the request that did it. */
export async function fuzz(
  count: number,
  seed: number,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<readonly string[]> {
  await using emulated = await openServed()
  await using project = await openServed(
    { marker: (id) => (id % 4 === 0 ? '[[refusal]]' : ''), settings },
    { emulatorControl: emulated.emulator, trustedProxies: ['loopback'] },
  )
  const names = await seen(project)
  const raw = document.parse((await project.ask('GET', '/openapi.json')).json)
  const few = await project.addKey({ scope: 'run', jobs: '["another"]', budgetMicroUsd: 1 })
  const keys = { ...project.keys, few, none: null, wrong: `${project.keys.admin.slice(0, -1)}!` }
  const judge = await documentOf(project.server.url)
  const wrong: string[] = []
  const requests = fc.sample(anyRequest(raw, names), { numRuns: count, seed })
  const one = async (request: Fuzzed): Promise<void> => {
    const { method, path, query, headers, body, caller } = request
    const whole = `${path}${query === '' ? '' : `?${query}`}`
    const key = keys[caller]
    const answer = await send(
      project.server.url,
      method,
      whole,
      { ...(key === null ? {} : { 'x-api-key': key }), ...headers },
      body,
    )
    const note = (what: string): void =>
      void wrong.push(
        `${what}\n  ${JSON.stringify(request).slice(0, 1_500)}\n  ${answer.status} ${answer.text.slice(0, 600)}`,
      )
    // That somebody else is writing is no fault of the server's, and told so.
    const busy = answer.headers['retry-after'] !== undefined && answer.text.includes('E_DATABASE_BUSY')
    if (answer.status >= 500 && !busy) note(`a 5xx: ${project.logged.splice(0).join('\n')}`)
    const problem = judge.problemWith(project.server.routes, method, path, answer)
    if (problem !== null) note(problem)
    const open = project.server.routes.some((route) => route.scope === 'open' && route.path === path)
    if (
      (caller === 'none' || caller === 'wrong') &&
      answer.status < 400 &&
      !open &&
      /^\/(?:api|metrics)/.test(path)
    )
      note('served without a key')
    if (/"(?:secretHash|stack)"|node_modules|\.ts:\d/.test(answer.text)) note('tells too much')
  }
  const left = [...requests]
  await Promise.all(
    Array.from({ length: 6 }, async () => {
      for (let next = left.pop(); next !== undefined; next = left.pop()) await one(next)
    }),
  )
  return wrong
}

/** What the project has, so that requests get further than to a 404. */
async function seen(project: ServedProject): Promise<Names> {
  const start = { body: { maxCost: '$1' } }
  const started = z.looseObject({ status: z.looseObject({ run: z.string() }) })
  const first = started.parse((await project.ask('POST', '/api/v1/jobs/notes/runs', start)).json).status.run
  await carry(project, first)
  const again = { body: { maxCost: '$1', redo: true, limit: 6 } }
  const second = started.parse((await project.ask('POST', '/api/v1/jobs/notes/runs', again)).json).status.run
  await carry(project, second)
  const made = await project.ask('POST', '/api/v1/jobs/notes/plan', { body: { limit: 3, redo: true } })
  const { planId } = z.looseObject({ planId: z.string() }).parse(made.json)
  const runs = [first, second]
  return {
    texts: ['notes', ...runs, planId, '0', '1', '3', 'merged', 'summary', 'expire-partial', '$1', '5s'],
    named: {
      run: runs,
      job: ['notes'],
      key: ['0', '1', '2', '3', '4'],
      a: [first, `${first}:x`],
      b: [second],
      outcome: ['merged', 'refused,merged'],
      state: ['done', 'running,paused'],
      by: ['id', 'job', 'day'],
      since: ['30d'],
      batch: ['0', '1'],
    },
  }
}

function anyRequest({ paths, components }: z.output<typeof document>, names: Names): fc.Arbitrary<Fuzzed> {
  const known = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, words]) =>
      fromDocument(path, method, words, components.schemas, names),
    ),
  )
  const strange = fc.record({
    method: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD'),
    path: fc
      .array(
        fc.oneof(
          fc.constantFrom('api', 'v1', 'runs', 'jobs', 'assets', '..', '.', '', ...names.texts),
          fc.constantFrom(...hostileTexts),
        ),
        { maxLength: 6 },
      )
      .map((parts) => `/${parts.map(encodePart).join('/')}`),
    query: fc.constantFrom('', 'a=1', '__proto__=1', '%', '&&=', 'limit=1&limit=2'),
    headers: fc.constant({}),
    body: fc.constant(null),
    caller: anyCaller,
  })
  return fc.oneof({ arbitrary: fc.oneof(...known), weight: 12 }, { arbitrary: strange, weight: 1 })
}

const anyCaller = fc.oneof(
  { arbitrary: fc.constant<Fuzzed['caller']>('admin'), weight: 12 },
  { arbitrary: fc.constantFrom<Fuzzed['caller']>('run', 'read', 'few', 'none', 'wrong'), weight: 5 },
)

const oddHeaders: fc.Arbitrary<Readonly<Record<string, string>>> = seldom<Readonly<Record<string, string>>>(
  {},
  fc.constantFrom<Readonly<Record<string, string>>>(
    { accept: 'text/html' },
    { 'idempotency-key': 'fuzz' },
    { 'idempotency-key': 'x'.repeat(300) },
    { 'last-event-id': '1' },
    { 'last-event-id': 'x' },
    { range: 'bytes=0-1' },
    { cookie: 'offpeak_session_abcdefgh=e30.x; a=b' },
    { authorization: 'Bearer x' },
    { origin: 'https://evil.example' },
    { host: 'evil.example' },
    { 'x-forwarded-host': 'evil.example', 'x-http-method-override': 'DELETE' },
    { 'x-forwarded-for': '1.1.1.1, unknown, ::ffff:2.2.2.2', 'x-forwarded-proto': 'https,gopher' },
    { 'x-forwarded-for': ',,[::1', forwarded: 'for="\\' },
    { forwarded: 'for=_x;proto=https;host=localhost, for="[2001:db8::1]:80"' },
  ),
)

/** Mostly the usual value, so that a request fails of one thing at a time. */
function seldom<Value>(usual: Value, odd: fc.Arbitrary<Value>): fc.Arbitrary<Value> {
  return fc.oneof({ arbitrary: fc.constant(usual), weight: 12 }, { arbitrary: odd, weight: 1 })
}

function fromDocument(
  path: string,
  method: string,
  { parameters, requestBody }: z.output<typeof operation>,
  schemas: unknown,
  names: Names,
): fc.Arbitrary<Fuzzed> {
  const { texts, named } = names
  const odd = fc.constantFrom(...texts, ...hostileTexts)
  const valueOf = (name: string, schema: unknown): fc.Arbitrary<string> =>
    fc.oneof(
      { arbitrary: fc.constantFrom(...(named[name] ?? texts)), weight: named[name] === undefined ? 1 : 12 },
      { arbitrary: fitting(schema, schemas, names).map(textOf), weight: 3 },
      { arbitrary: odd, weight: 1 },
    )
  const inPath = parameters.filter((each) => each.in === 'path')
  const inQuery = parameters.filter((each) => each.in === 'query')
  const body = requestBody?.content['application/json']?.schema
  return fc
    .record({
      parts: fc.tuple(...inPath.map(({ name, schema }) => valueOf(name, schema))),
      fields: fc.tuple(
        ...inQuery.map(({ name, schema, required }) =>
          required === true ? valueOf(name, schema) : fc.option(valueOf(name, schema), { freq: 2 }),
        ),
      ),
      more: seldom<[string, string] | null>(null, fc.tuple(odd, odd)),
      body: body === undefined ? fc.constant(undefined) : bodyOf(fitting(body, schemas, names)),
      media: seldom(
        'application/json',
        fc.constantFrom('application/json; charset=utf-8', 'text/plain', 'application/x-www-form-urlencoded'),
      ),
      headers: oddHeaders,
      caller: anyCaller,
      head: seldom(false, fc.constant(true)),
    })
    .map(({ parts, fields, more, body, media, headers, caller, head }) => ({
      // A stream of events has no end that could be waited for.
      method: method === 'get' && (head || path.endsWith('/events')) ? 'HEAD' : method.toUpperCase(),
      path: inPath.reduce((sum, { name }, at) => sum.replace(`{${name}}`, encodePart(parts[at] ?? '')), path),
      query: [
        ...inQuery.flatMap(({ name }, at) =>
          fields[at] == null ? [] : [`${name}=${encodePart(fields[at])}`],
        ),
        ...(more === null ? [] : [`${encodePart(more[0])}=${encodePart(more[1])}`]),
      ].join('&'),
      headers: { ...headers, ...(body === undefined ? {} : { 'content-type': media }) },
      body: body ?? null,
      caller,
    }))
}

/** A body that fits, or one that was spoilt. */
function bodyOf(fits: fc.Arbitrary<unknown>): fc.Arbitrary<string> {
  const good = fits.map((value) => JSON.stringify(value) ?? '')
  const spoilt = fc
    .tuple(fits, fc.constantFrom(...hostileTexts, 'run', 'key', 'limit', 'maxCost'), hostileValues)
    .map(([value, name, hostile]) => JSON.stringify(Object.assign(Object(value), { [name]: hostile })) ?? '')
  const broken = fc.oneof(
    good.map((text) => text.slice(0, -1)),
    hostileValues.map((value) => JSON.stringify(value) ?? ''),
    fc.constantFrom(
      '{',
      '[',
      '{"a":1,"a":2}',
      '\ufeff{}',
      '{"__proto__":{"x":1}}',
      '['.repeat(5_000),
      '"\\ud800"',
      '"\\u0000"',
    ),
  )
  return fc.oneof(
    { arbitrary: good, weight: 8 },
    { arbitrary: spoilt, weight: 3 },
    { arbitrary: broken, weight: 1 },
  )
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}

/** As a client would write it, also what has no UTF-8. */
function encodePart(text: string): string {
  try {
    return encodeURIComponent(text)
  } catch {
    return '%ED%A0%80'
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [count = 20_000, seed = Math.floor(Math.random() * 1e9)] = process.argv.slice(2).map(Number)
  console.log(`${count} requests from the seed ${seed}`)
  const wrong = await fuzz(count, seed)
  console.log(
    wrong.length === 0
      ? 'Nothing was answered wrongly.'
      : `${wrong.length} wrong:\n${wrong.slice(0, 20).join('\n')}`,
  )
  process.exitCode = wrong.length === 0 ? 0 : 1
}
