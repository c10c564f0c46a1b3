import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** Stands before PostgreSQL and cuts connections whose COMMIT was done before anybody heard of it. */
export interface CommitRelay extends AsyncDisposable {
  readonly url: string
  /** How many acknowledgements were lost so far. */
  readonly lost: () => number
  /** From now on, or no more. */
  loses(isOn: boolean): void
}

/** What the server says when a transaction is committed: CommandComplete with its tag (PostgreSQL, "Message Formats"). */
const committed = Buffer.from('COMMIT\0')

/** The code of SSLRequest (PostgreSQL, "Message Formats"). */
const tlsRequest = 80_877_103

/** `draw` is asked at each COMMIT that the server has done, once it may lose any. */
export async function startCommitRelay(to: string, draw: () => boolean): Promise<CommitRelay> {
  const target = new URL(to)
  const open = new Set<Socket>()
  let lost = 0
  let isOn = false
  const server = createServer((near) => {
    const far = connect({ host: target.hostname, port: Number(target.port) })
    for (const socket of [near, far]) {
      open.add(socket)
      socket.on('close', () => open.delete(socket)).on('error', () => undefined)
    }
    near.pipe(far)
    let held = Buffer.alloc(0)
    // Whoever asks for TLS first is answered by one byte, which no length follows.
    let isByteDue = false
    near.once('data', (piece: Buffer) => {
      isByteDue = piece.length >= 8 && piece.readUInt32BE(4) === tlsRequest
    })
    far.on('data', (piece: Buffer) => {
      held = Buffer.concat([held, piece])
      let passed = isByteDue ? 1 : 0
      isByteDue = false
      // A type of one byte, then the length, which counts itself.
      while (held.length >= passed + 5) {
        const end = passed + 1 + held.readUInt32BE(passed + 1)
        if (held.length < end) break
        const isCommit = held[passed] === 0x43 && held.subarray(passed + 5, end).equals(committed)
        if (isCommit && isOn && draw()) {
          lost += 1
          near.write(held.subarray(0, passed))
          near.destroy()
          far.destroy()
          return
        }
        passed = end
      }
      near.write(held.subarray(0, passed))
      held = held.subarray(passed)
    })
    near.on('close', () => far.destroy())
    far.on('close', () => near.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const url = new URL(to)
  url.port = String(typeof address === 'object' && address !== null ? address.port : 0)
  return {
    url: url.href,
    lost: () => lost,
    loses: (isOnNow) => {
      isOn = isOnNow
    },
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
