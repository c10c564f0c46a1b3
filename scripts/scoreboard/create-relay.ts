import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'

/** What becomes of a call that makes a batch: it is lost, its answer is lost, or it arrives long after it was given up. */
export type Fate = 'passes' | 'request lost' | 'response lost' | { readonly arrivesAfterMs: number }

export interface CreateRelay extends AsyncDisposable {
  /** Where clients go; the path behind it is that of the service. */
  readonly url: string
  /** Where it passes everything on. */
  to: string
  /** How many creates had another fate than to pass. */
  readonly ambiguous: () => number
  /** How many of them never arrived. */
  readonly lost: () => number
  /** Resolves when the last late create has arrived. */
  readonly settled: () => Promise<void>
}

const creates =
  /(?:\/batches|\/batch\/jobs|:batchGenerateContent|\/model-invocation-job|\/messages\/batches)(?:\?|$)/

/** Stands before a batch service and lets happen to each create what `fate` says of the nth, from 1. */
export async function startCreateRelay(fate: (nth: number) => Fate): Promise<CreateRelay> {
  let nth = 0
  let [ambiguous, lost] = [0, 0]
  const late = new Set<Promise<void>>()
  const relay = { to: '' }
  const server = createServer((request, response) => {
    void pass(request, response).catch(() => response.destroy())
  })
  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(piece)
    const isCreate = request.method === 'POST' && creates.test(request.url ?? '')
    const fated = isCreate ? fate((nth += 1)) : 'passes'
    if (fated !== 'passes') ambiguous += 1
    const forward = (): Promise<IncomingMessage> => forwarded(relay.to, request, Buffer.concat(pieces))
    if (fated === 'request lost') {
      lost += 1
      return void response.destroy()
    }
    if (typeof fated === 'object') {
      response.destroy()
      const arriving = (async () => {
        await sleep(fated.arrivesAfterMs)
        ;(await forward()).resume()
      })().catch(() => undefined)
      late.add(arriving)
      return void arriving.finally(() => late.delete(arriving))
    }
    const answer = await forward()
    if (fated === 'response lost') {
      answer.resume()
      await once(answer, 'end')
      return void response.destroy()
    }
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return Object.assign(relay, {
    url: `http://127.0.0.1:${port}`,
    ambiguous: () => ambiguous,
    lost: () => lost,
    async settled() {
      while (late.size > 0) await Promise.all(late)
    },
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  })
}

async function forwarded(to: string, request: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
  const { hostname, port } = new URL(to)
  const { 'transfer-encoding': _chunked, ...headers } = request.headers
  const out = send({
    hostname,
    port,
    path: request.url,
    method: request.method,
    headers: { ...headers, 'content-length': body.length, connection: 'close' },
  })
  out.end(body)
  const [answer]: readonly unknown[] = await once(out, 'response')
  if (!isMessage(answer)) throw new Error('the service did not answer')
  return answer
}

function isMessage(value: unknown): value is IncomingMessage {
  return typeof value === 'object' && value !== null && 'statusCode' in value
}
