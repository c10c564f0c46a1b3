import type { HttpBindings } from '@hono/node-server'
import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { settingsIssue } from '../config/settings-issue.ts'
import { OffpeakError } from '../domain/errors.ts'
import { isMedia, type Given } from './answer.ts'
import { requireScope } from './guard/allow.ts'
import { nobody } from './guard/caller.ts'
import type { Client } from './guard/client.ts'
import { identify } from './guard/identify.ts'
import { onceForKey, repeatHeader, replayedHeader, type Said } from './guard/repeat.ts'
import { describe, problemMedia, Refusal } from './problem.ts'
import { hasNul, parseJson, readText } from './request-body.ts'
import type { Asked, Route } from './route.ts'
import type { ServerContext } from './server-context.ts'

export interface ServerEnv {
  Bindings: HttpBindings
  Variables: { route: string | undefined; client: Client }
}

const jsonMedia = 'application/json'

/** The answer to a request to a route: who asks, whether it may, what it asks, and then the route itself. */
export async function askRoute(
  served: ServerContext,
  route: Route,
  context: Context<ServerEnv>,
): Promise<Response> {
  const header = (name: string): string | undefined => context.req.header(name)
  const client = context.get('client')
  let caller = nobody
  if (route.scope !== 'open') {
    caller = requireScope(await identify(served, header, client.address), route.scope)
    await served.rate.asked(caller.id)
  }
  const text = route.body === null ? '' : await readText(context.req.raw)
  const search = searchOf(context.req.url)
  const asked: Asked = {
    served,
    caller,
    params: route.params === null ? {} : partOf(route.params, context.req.param(), 'path'),
    // A field that nobody knows is no less wrong where none is taken.
    query: route.query === null ? noQuery(search) : partOf(route.query, fieldsOf(search), 'query'),
    body:
      route.body === null ? {} : partOf(route.body, parseJson(text, header('content-type') ?? null), 'body'),
    text,
    header,
    client,
    signal: context.req.raw.signal,
    breakOff: () => void context.env.outgoing.destroy(),
  }
  // Nobody reads what a stream would say.
  if (context.req.method === 'HEAD' && streams(route)) return new Response(null)
  using place = route.expensive ? served.rate.enter(caller.id) : null
  void place
  const answer = route.spends
    ? await once(served, route, asked, context.req.path, search)
    : respond(route, await handled(served, route, asked))
  if (route.method !== 'get') served.brief.drop()
  return answer
}

async function once(
  served: ServerContext,
  route: Route,
  asked: Asked,
  path: string,
  search: string,
): Promise<Response> {
  const { caller, text, header } = asked
  const books = { store: served.offpeak.store, clock: served.clock }
  const wanted = {
    key: header(repeatHeader),
    caller,
    route: `${route.method} ${route.path}`,
    path,
    query: search,
    body: text,
  }
  const { status, body, replayed } = await onceForKey(books, wanted, () => decide(served, route, asked))
  return new Response(body, {
    status: replayed && status < 300 ? (route.replayedAs ?? status) : status,
    headers: {
      'content-type': status < 400 ? jsonMedia : problemMedia,
      ...(replayed ? { [replayedHeader]: 'true' } : {}),
    },
  })
}

/** A file of another job that cannot be loaded is told to the log, and not to who may not know of that job. */
async function handled({ log }: ServerContext, route: Route, asked: Asked): Promise<Given> {
  try {
    return await route.handle(asked)
  } catch (thrown) {
    if (asked.caller.jobs === null || !(thrown instanceof OffpeakError) || thrown.code !== 'E_JOB_FILE')
      throw thrown
    log(`${thrown.code} ${thrown.message}${thrown.where === null ? '' : ` (${thrown.where})`}`)
    throw new OffpeakError('E_JOB_FILE', 'the job files of the project cannot be loaded', {
      fix: 'the log of the server says which one and why',
    })
  }
}

/** A refusal is a decision too, and kept like any other; a failure of ours, or of the moment, is thrown on. */
async function decide(served: ServerContext, route: Route, asked: Asked): Promise<Said> {
  try {
    const { status, body } = await handled(served, route, asked)
    return { status, body: JSON.stringify(body) }
  } catch (thrown) {
    const { problem } = describe(thrown, () => undefined)
    if (problem.status >= 500 || problem.status === 429) throw thrown
    return { status: problem.status, body: JSON.stringify(describe(thrown, served.log).problem) }
  }
}

function respond(route: Route, { status, body, json, headers }: Given): Response {
  const answer = route.answers[status] ?? null
  if (answer === null) return new Response(null, { status, ...(headers ? { headers } : {}) })
  if (isMedia(answer)) {
    const content: unknown = body
    if (!(typeof content === 'string' || content instanceof ReadableStream))
      throw new Error(`${route.path} answers ${answer.media}, not an object`)
    return new Response(content, { status, headers: { 'content-type': answer.media, ...headers } })
  }
  return new Response(json ?? JSON.stringify(body), {
    status,
    headers: { 'content-type': jsonMedia, ...headers },
  })
}

function streams(route: Route): boolean {
  return Object.values(route.answers).some((answer) => isMedia(answer) && answer.streams)
}

function partOf(schema: z.ZodType, value: unknown, part: string): unknown {
  // A body was looked through when it was parsed.
  if (part !== 'body' && hasNul(JSON.stringify(value)))
    throw new Refusal('E_USAGE', `${part}: it has a NUL character`, {
      where: `the ${part}`,
      fix: 'send it without \\u0000 and %00',
    })
  const parsed = schema.safeParse(value)
  if (parsed.success) return withProto(schema, value, parsed.data)
  const words = { whole: `the ${part}`, more: '/openapi.json says what fits' }
  const first = settingsIssue(schema, value, parsed.error, words)
  throw new Refusal('E_USAGE', `${part}: ${first.problem}`, {
    where: `the ${part}`,
    fix: first.fix,
    issues: parsed.error.issues.map((issue) => {
      const { path, problem, fix } = settingsIssue(schema, value, new z.ZodError([issue]), words)
      return {
        path: path === '' ? part : `${part}.${path}`,
        message: fix === words.more ? problem : `${problem}: ${fix}`,
      }
    }),
  })
}

/** The schema library leaves `__proto__` out without a word; where any field is taken, it is one. */
function withProto(schema: z.ZodType, given: unknown, parsed: unknown): unknown {
  const name = '__proto__'
  const catchall = schema instanceof z.ZodObject ? schema.def.catchall : undefined
  if (catchall === undefined || catchall instanceof z.ZodNever || !Object.hasOwn(Object(given), name))
    return parsed
  return Object.fromEntries([...Object.entries(Object(parsed)), [name, Reflect.get(Object(given), name)]])
}

function searchOf(url: string): string {
  const at = url.indexOf('?')
  const end = url.indexOf('#')
  return at < 0 ? '' : url.slice(at + 1, end < 0 ? undefined : end)
}

/** Each field with its value, or with all of its values, which no schema takes. */
function fieldsOf(search: string): unknown {
  const fields = new Map<string, string | string[]>()
  for (const [name, value] of new URLSearchParams(search)) {
    const before = fields.get(name)
    fields.set(name, before === undefined ? value : [before, value].flat())
  }
  return Object.fromEntries(fields)
}

function noQuery(search: string): unknown {
  const [name] = new URLSearchParams(search).keys()
  if (name === undefined) return {}
  const issues = [{ path: 'query', message: `there is no entry \`${name}\`` }]
  throw new Refusal('E_USAGE', `query: nothing is taken there, and ${JSON.stringify(name)} was given`, {
    where: 'the query',
    issues,
  })
}
