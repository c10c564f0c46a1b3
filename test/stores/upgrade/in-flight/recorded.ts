import { createServer, type IncomingMessage } from 'node:http'
import { readFile } from 'node:fs/promises'
import { z } from 'zod'

/** What services have answered, by method and path: the last time that it was asked. */
const recorded = z.object({
  /** Where they were: what stands in the state, and in their answers. */
  host: z.string(),
  /** What they have billed for the batches, in micro-dollars, by the job. */
  billMicroUsd: z.record(z.string(), z.number()),
  replies: z.record(z.string(), z.object({ status: z.number(), type: z.string(), body: z.string() })),
})
export type Recorded = z.infer<typeof recorded>

export async function readRecorded(path: string): Promise<Recorded> {
  return recorded.parse(JSON.parse(await readFile(path, 'utf8')))
}

/** Services that answer what they have answered once, and nothing else. */
export interface Replay extends AsyncDisposable {
  readonly host: string
  /** The calls, in order. */
  readonly calls: readonly string[]
}

export function callOf({ method = '', url = '/' }: Pick<IncomingMessage, 'method' | 'url'>): string {
  return `${method} ${new URL(url, 'http://service').pathname}`
}

export async function replay({ host: was, replies }: Recorded): Promise<Replay> {
  const calls: string[] = []
  const server = createServer((request, response) => {
    const call = callOf(request)
    calls.push(call)
    request.resume()
    request.on('end', () => {
      const reply = replies[call]
      response.writeHead(reply?.status ?? 404, { 'content-type': reply?.type ?? 'application/json' })
      response.end(
        reply?.body.replaceAll(was, host) ??
          JSON.stringify({ error: { message: `${call} was never asked` } }),
      )
    })
  })
  await new Promise<void>((listens) => void server.listen(0, '127.0.0.1', listens))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const host = `127.0.0.1:${address.port}`
  return {
    host,
    calls,
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((done) => void server.close(() => done()))
      server.closeAllConnections()
      await closed
    },
  }
}
