/**
 * A batch service of nobody's shape: requests come inside the call that makes a batch, which ends at once. It keeps
 * everything in memory. `node service.ts` starts it on port 4300; it takes the key `acme-key-for-trying`.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'

/** A batch as the service shows it, and what it keeps of it. */
interface Batch {
  readonly id: string
  readonly mark: string
  readonly created: string
  state: 'running' | 'done' | 'stopped'
  readonly lines: readonly string[]
}

/** A service that runs. */
export interface Service extends AsyncDisposable {
  readonly url: string
  /** How many batches it has made, which is what it would bill. */
  batches(): number
  /** Ends what is running. */
  finish(): void
}

export const demoKey = 'acme-key-for-trying'

/** Starts the service on this machine; port 0 is any that is free. Batches run until `finish`, or end at once. */
export async function startService({ port = 0, key = demoKey, waits = false } = {}): Promise<Service> {
  const batches: Batch[] = []
  const server = createServer((request, response) => {
    void answer(request, response, { batches, key, waits }).catch(() =>
      say(response, 400, { error: { code: 'bad_request', message: 'this is no request' } }),
    )
  }).listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    batches: () => batches.length,
    finish() {
      for (const batch of batches) if (batch.state === 'running') batch.state = 'done'
    },
    async [Symbol.asyncDispose]() {
      if (!server.listening) return
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

interface World {
  readonly batches: Batch[]
  readonly key: string
  readonly waits: boolean
}

async function answer(request: IncomingMessage, response: ServerResponse, world: World): Promise<void> {
  const text = Buffer.concat(await Array.fromAsync<Buffer>(request)).toString('utf8')
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
  if (request.headers.authorization !== `Bearer ${world.key}`)
    return say(response, 401, { error: { code: 'wrong_key', message: 'the key is not known' } })
  const [, , id, what] = pathname.split('/')
  if (request.method === 'POST' && pathname === '/batches') return make(response, world, JSON.parse(text))
  if (pathname === '/batches') {
    const newest = world.batches.toReversed()
    const from = newest.findIndex((batch) => batch.id === searchParams.get('after')) + 1
    const page = newest.slice(from, from + Number(searchParams.get('limit') ?? 20))
    return say(response, 200, { data: page.map(shown), has_more: from + page.length < newest.length })
  }
  const batch = world.batches.find((each) => each.id === id)
  if (!batch) return say(response, 404, { error: { code: 'not_found', message: 'there is no such batch' } })
  if (what === 'results') return void response.writeHead(200).end(batch.lines.join(''))
  if (what === 'stop' && batch.state === 'running') batch.state = 'stopped'
  return say(response, 200, shown(batch))
}

function make(response: ServerResponse, { batches, waits }: World, body: Creation): void {
  const batch: Batch = {
    id: `b-${batches.length + 1}`,
    mark: body.mark,
    created: new Date().toISOString(),
    state: waits ? 'running' : 'done',
    lines: body.requests.map(({ key, ask }) => `${JSON.stringify({ key, ...answerTo(ask) })}\n`),
  }
  batches.push(batch)
  say(response, 201, shown(batch))
}

interface Creation {
  readonly mark: string
  readonly requests: readonly { readonly key: string; readonly ask: Ask }[]
}

interface Ask {
  readonly form?: { readonly properties?: object }
  readonly turns: readonly { readonly texts: readonly string[] }[]
}

/** It knows one answer to everything. */
function answerTo({ form, turns }: Ask): object {
  const said = turns.flatMap(({ texts }) => texts).join(' ')
  const names = Object.keys(form?.properties ?? {})
  const words = `${said.split(/\s+/).length} words were read`
  const text = form ? JSON.stringify(Object.fromEntries(names.map((name) => [name, words]))) : words
  return { said: text, tokens: { in: Math.ceil(said.length / 4), out: Math.ceil(text.length / 4) } }
}

function shown({ id, mark, created, state, lines }: Batch): object {
  return { id, mark, created, state, count: lines.length }
}

function say(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

if (import.meta.main) console.log(`Acme at ${(await startService({ port: 4_300 })).url}`)
