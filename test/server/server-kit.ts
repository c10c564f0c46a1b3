import { request as httpRequest } from 'node:http'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { expect } from 'vitest'
import { z } from 'zod'
import type { Scope } from '../../src/domain/scope.ts'
import type { KeyRow } from '../../src/ports/state.ts'
import { mintKey } from '../../src/server/guard/api-key.ts'
import type { Route } from '../../src/server/route.ts'
import { serve, type ServeOptions, type Serving } from '../../src/server/serve.ts'
import { openKit, type KitProject, type KitOptions } from '../engine/run-kit.ts'

export interface Asking {
  readonly key?: string | null
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  /** The parsed body, when it is JSON. */
  readonly json: unknown
}

/** A project that is served, and a client that holds every answer against the document. */
export interface ServedProject extends AsyncDisposable, KitProject {
  readonly server: Serving
  /** What the server has logged: bugs, and what is away. */
  readonly logged: string[]
  /** Keys of each scope. */
  readonly keys: Readonly<Record<Scope, string>>
  /** Asks as the key of scope admin, unless another (or none) is given. */
  readonly ask: (method: string, path: string, asking?: Asking) => Promise<Answer>
  readonly addKey: (choice: Partial<KeyRow>) => Promise<string>
}

export async function openServed(
  projectOptions: KitOptions = {},
  options: Partial<ServeOptions> = {},
  prepare: (project: KitProject) => Promise<void> = async () => undefined,
): Promise<ServedProject> {
  const project = await openKit(projectOptions)
  await prepare(project)
  const logged: string[] = []
  const server = await serve(project.offpeak, {
    port: 0,
    version: '1.2.3',
    limits: { failuresPerMinute: 100_000 },
    log: (line) => void logged.push(line),
    ...options,
  })
  const addKey = (choice: Partial<KeyRow>): Promise<string> => addKeyTo(project, choice)
  const keys = {
    read: await addKey({ scope: 'read' }),
    run: await addKey({ scope: 'run' }),
    admin: await addKey({ scope: 'admin' }),
  }
  const document = await documentOf(server.url)
  const ask: ServedProject['ask'] = async (method, path, { key = keys.admin, body, headers = {} } = {}) => {
    const answer = await send(
      server.url,
      method,
      path,
      {
        ...(key === null ? {} : { 'x-api-key': key }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
    )
    const problem = document.problemWith(server.routes, method, path, answer)
    expect(problem, `${method} ${path} answers ${answer.status} ${answer.text.slice(0, 500)}`).toBeNull()
    expect(logged, 'nothing is a bug').toEqual([])
    return answer
  }
  return {
    ...project,
    server,
    logged,
    keys,
    ask,
    addKey,
    async [Symbol.asyncDispose]() {
      await server.close()
      await project[Symbol.asyncDispose]()
    },
  }
}

let made = 0

export async function addKeyTo(
  { offpeak }: Pick<KitProject, 'offpeak'>,
  choice: Partial<KeyRow>,
): Promise<string> {
  const { text, id, hash } = mintKey(`k${String(made++).padStart(7, '0')}`)
  await offpeak.store.addKey({
    id,
    name: `key ${id}`,
    secretHash: hash,
    scope: 'run',
    jobs: null,
    budgetMicroUsd: null,
    createdAt: offpeak.flow.clock.now(),
    expiresAt: null,
    revokedAt: null,
    lastUsedAt: null,
    ...choice,
  })
  return text
}

/** Sends exactly these headers, also those that `fetch` keeps for itself. */
export function send(
  url: string,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: string | null = null,
): Promise<Answer> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ hostname, port, method, path, headers, agent: false }, (incoming) => {
      const pieces: Buffer[] = []
      incoming.on('data', (piece: Buffer) => pieces.push(piece))
      incoming.on('error', reject)
      incoming.on('end', () => {
        const text = Buffer.concat(pieces).toString('utf8')
        const told = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)])
        resolve({
          status: incoming.statusCode ?? 0,
          headers: z.record(z.string(), z.string()).parse(Object.fromEntries(told)),
          text,
          json: /[/+]json$/.test(incoming.headers['content-type'] ?? '') ? JSON.parse(text || 'null') : null,
        })
      })
    })
    sent.on('error', reject)
    sent.end(body ?? undefined)
  })
}

export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  /** What of an answer is not as the document says; null: nothing. */
  readonly problemWith: (
    routes: readonly Route[],
    method: string,
    path: string,
    answer: Pick<Answer, 'status' | 'headers' | 'text' | 'json'>,
  ) => string | null
}

const documentShape = z.looseObject({
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.looseObject({
        responses: z.record(
          z.string(),
          z.looseObject({ content: z.record(z.string(), z.looseObject({ schema: z.unknown() })).optional() }),
        ),
      }),
    ),
  ),
})

/** The document of a server, able to judge its answers: a field that it does not name is wrong too. */
export async function documentOf(url: string): Promise<Document> {
  const answer = await send(url, 'GET', '/openapi.json', {})
  const raw: unknown = answer.json
  const { paths } = documentShape.parse(raw)
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  ajv.addSchema(closed(raw), 'document')
  const known = new Map<string, ValidateFunction>()
  return {
    paths,
    problemWith(routes, method, path, { status, headers, text, json }) {
      const name = routeOf(routes, path)
      if (name === null)
        return status === 404 || status === 403 || headers['content-type']?.startsWith('text/') === true
          ? null
          : 'not a route'
      const operation = paths[name]?.[method === 'HEAD' ? 'get' : method.toLowerCase()]
      if (operation === undefined)
        return status === 405 || status === 403 ? null : `${method} is not in the document`
      const response = operation.responses[String(status)]
      if (response === undefined) return `the status ${status} is not in the document`
      if (response.content === undefined) return text === '' ? null : 'there is to be no body'
      if (method === 'HEAD') return null
      const media = Object.keys(response.content).find((each) => headers['content-type'] === each)
      if (media === undefined) return `the media type is ${headers['content-type']}`
      if (!media.includes('json') || media === 'application/x-ndjson') return null
      const pointer = [
        'paths',
        name,
        method.toLowerCase(),
        'responses',
        String(status),
        'content',
        media,
        'schema',
      ]
      const reference = `document#/${pointer.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))).join('/')}`
      let check = known.get(reference)
      if (!check) known.set(reference, (check = ajv.compile({ $ref: reference })))
      return check(json) ? null : ajv.errorsText(check.errors)
    },
  }
}

/** The path in the table that a path belongs to. */
function routeOf(routes: readonly Route[], path: string): string | null {
  const bare = new URL(`http://host${path}`).pathname
  const fits = ({ path: pattern }: Route): boolean =>
    new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(bare)
  return routes.find((route) => route.path === bare)?.path ?? routes.find(fits)?.path ?? null
}

/** The same schemas, in which an object has no fields but those that are named. */
function closed(value: unknown): object {
  const walk = (each: unknown): unknown => {
    if (Array.isArray(each)) return each.map(walk)
    if (typeof each !== 'object' || each === null) return each
    const walked = Object.fromEntries(Object.entries(each).map(([name, inner]) => [name, walk(inner)]))
    const isObject = Reflect.get(each, 'type') === 'object' && 'properties' in each
    return isObject && !('additionalProperties' in each) ? { ...walked, additionalProperties: false } : walked
  }
  return Object(walk(value))
}
