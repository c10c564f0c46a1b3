/**
 * A document service as there are many: documents by id, in the order of their ids, a page at a time. It keeps them in
 * memory. `node service.ts` starts it with some documents.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'

/** A document: an id, and whatever else it has. */
export type Document = { readonly id: string } & Readonly<Record<string, unknown>>

/** A service that runs. */
export interface Service extends AsyncDisposable {
  readonly url: string
  readonly documents: Map<string, Document>
}

/** Starts the service on this machine; port 0 is any that is free. */
export async function startService(given: readonly Document[], port = 0): Promise<Service> {
  const documents = new Map(given.map((one) => [one.id, one]))
  const server = createServer((request, response) => {
    void answer(documents, request).then(
      (body) => response.end(body === undefined ? '' : JSON.stringify(body)),
      () => response.writeHead(400).end(),
    )
  }).listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    documents,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** What the service says to one request; undefined: nothing. */
async function answer(documents: Map<string, Document>, request: IncomingMessage): Promise<unknown> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
  const body: unknown = request.method === 'GET' ? null : JSON.parse(await textOf(request))
  const sorted = (): Document[] =>
    [...documents.values()].toSorted((one, other) => (one.id < other.id ? -1 : 1))
  switch (`${request.method} ${pathname}`) {
    case 'GET /documents': {
      const after = searchParams.get('after') ?? ''
      const limit = Number(searchParams.get('limit') ?? 100)
      return sorted()
        .filter(({ id }) => id > after)
        .slice(0, limit)
    }
    case 'GET /count':
      return documents.size
    case 'POST /lookup':
      return (Array.isArray(body) ? body : []).flatMap((id: unknown) => documents.get(String(id)) ?? [])
    default: {
      // PATCH /documents/<id> sets fields of a document, and makes it where there is none.
      const id = decodeURIComponent(pathname.slice('/documents/'.length))
      if (request.method !== 'PATCH' || id === '' || typeof body !== 'object')
        throw new Error('no such request')
      documents.set(id, { ...documents.get(id), ...body, id })
      return undefined
    }
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  return Buffer.concat(await Array.fromAsync<Buffer>(request)).toString('utf8')
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

if (import.meta.main) {
  const made = Array.from({ length: 40 }, (_, index): Document => ({
    id: `note-${String(index + 1).padStart(3, '0')}`,
    text: `Note ${index + 1} is about ${['harbours', 'tariffs', 'gardens', 'bridges'][index % 4]}, and why they matter.`,
  }))
  const { url } = await startService(made, 4_200)
  console.log(`${made.length} documents at ${url}`)
}
