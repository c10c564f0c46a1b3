import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'

const notice = z.object({
  type: z.string(),
  timestamp: z.iso.datetime(),
  data: z.strictObject({
    run: z.string(),
    job: z.string(),
    state: z.string(),
    pause: z.string().nullable(),
    batch: z.number().nullable(),
    counts: z.record(z.string(), z.number()),
    pending: z.number(),
    needsAttention: z.number(),
    money: z.record(z.string(), z.number().nullable()),
    link: z.string().nullable(),
  }),
})

export interface Message {
  readonly id: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
  readonly notice: z.infer<typeof notice>
}

/** Somebody who is told; `answer` says with which status each message is answered. */
export interface Receiver extends AsyncDisposable {
  readonly url: string
  readonly got: readonly Message[]
  readonly types: () => readonly string[]
  /** Waits until something like this has come. */
  readonly until: (type: string, count?: number) => Promise<Message>
}

export async function openReceiver(
  answer: (message: Message, n: number) => number | Readonly<Record<string, string>> = () => 204,
): Promise<Receiver> {
  const got: Message[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (text: string) => (body += text))
    request.on('end', () => {
      const id = String(request.headers['webhook-id'])
      const message = { id, headers: request.headers, body, notice: notice.parse(JSON.parse(body)) }
      got.push(message)
      const said = answer(message, got.length)
      if (typeof said === 'number') response.writeHead(said)
      else response.writeHead(307, said)
      response.end('what it says is not read')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A listening TCP server has one.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const { port } = server.address() as AddressInfo
  const types = (): readonly string[] => got.map((message) => message.notice.type)
  return {
    url: `http://127.0.0.1:${port}/hook?token=canary-of-the-url`,
    got,
    types,
    async until(type, count = 1) {
      for (let tries = 0; tries < 1_200; tries++) {
        const found = got.filter((message) => message.notice.type === type)[count - 1]
        if (found) return found
        await sleep(25)
      }
      throw new Error(`${type} did not come; there were ${types().join(', ')}`)
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
