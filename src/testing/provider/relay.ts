import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** The fault that calls meet while it is played. */
export type Fault =
  /** Something answers in the place of the service, which hears nothing. */
  | { readonly kind: 'instead'; readonly status: number; readonly type: string; readonly body: string }
  /** The service hears the call with this number, from 0, and nobody hears what it says. */
  | { readonly kind: 'deaf'; readonly call: number }
  /** Every answer ends behind its first byte. */
  | { readonly kind: 'cut' }

/** A relay between a client and a service on this machine, which spoils what it is told to. */
export interface Relay extends AsyncDisposable {
  readonly url: string
  /** How many calls came. */
  calls(): number
  /** Plays a fault while `act` is at work. */
  during<Value>(fault: Fault, act: () => Promise<Value>): Promise<Value>
}

/** A relay to the origin of a service, started. */
export async function startRelay(target: string): Promise<Relay> {
  const { hostname, port } = new URL(target)
  const sockets = new Set<Socket>()
  let fault: Fault | null = null
  let calls = 0
  let playedAt = 0

  const pass = (from: IncomingMessage, to: ServerResponse, played: Fault | null): void => {
    const { method, url: path, headers } = from
    const onward = request({ hostname, port, method, path, headers }, (answer) => {
      if (played?.kind === 'deaf') {
        // It is done when it has been answered whole.
        answer.resume().once('end', () => to.destroy())
        return
      }
      to.writeHead(answer.statusCode ?? 502, answer.headers)
      if (played?.kind === 'cut')
        answer.once('data', (piece: Buffer) => to.write(piece.subarray(0, 1), () => to.destroy()))
      else answer.pipe(to)
    })
    onward.on('error', () => to.destroy())
    to.on('close', () => onward.destroy())
    from.pipe(onward)
  }

  const server = createServer((from, to) => {
    const number = calls - playedAt
    calls += 1
    if (fault?.kind === 'instead') {
      const { status, type, body } = fault
      from.resume().once('end', () => to.writeHead(status, { 'content-type': type }).end(body))
    } else pass(from, to, fault?.kind === 'deaf' && fault.call !== number ? null : fault)
  })
  server.on('connection', (socket) => sockets.add(socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${portOf(server.address())}`,
    calls: () => calls,
    async during(played, act) {
      fault = played
      playedAt = calls
      try {
        return await act()
      } finally {
        fault = null
      }
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0
}
