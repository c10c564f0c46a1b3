import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { Socket } from 'node:net'
import type { Certificate } from './support/certificates.ts'

/** A small real server for one test: what it got, in order, and its address. */
export interface TestServer extends AsyncDisposable {
  readonly url: string
  readonly port: number
  readonly seen: {
    readonly method: string
    readonly url: string
    readonly headers: IncomingMessage['headers']
    body: string
  }[]
  /** How many connections were opened. */
  connections(): number
}

/**
 * Starts a server on a free port of this machine; every request is read to its end before `answer` is called. With a
 * certificate it speaks TLS.
 */
export async function serve(
  answer: (request: IncomingMessage, response: ServerResponse, body: string) => void,
  certificate: Certificate | null = null,
): Promise<TestServer> {
  const seen: TestServer['seen'] = []
  return await serveRaw(
    (request, response) => {
      const entry = {
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        body: '',
      }
      seen.push(entry)
      request.setEncoding('utf8')
      request.on('data', (piece: string) => {
        entry.body += piece
      })
      request.on('end', () => answer(request, response, entry.body))
    },
    seen,
    certificate,
  )
}

/** The same without reading anything: the listener does as it likes. */
export async function serveRaw(
  listener: RequestListener,
  seen: TestServer['seen'] = [],
  certificate: Certificate | null = null,
): Promise<TestServer> {
  const server =
    certificate === null ? createServer(listener) : createSecureServer({ ...certificate }, listener)
  const sockets = new Set<Socket>()
  let connections = 0
  server.on('connection', (socket: Socket) => {
    connections += 1
    sockets.add(socket)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `${certificate === null ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    seen,
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
      })
    },
  }
}

export function json(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(JSON.stringify(value))
}
