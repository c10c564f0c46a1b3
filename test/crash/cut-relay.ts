import { connect, createServer, type Socket } from 'node:net'

/** Stands before a server, and says once how much of the body of one kind of call has gone through. */
export interface CutRelay extends AsyncDisposable {
  readonly url: string
}

/**
 * Passes everything on until a body has come to `share` of its length: no more than that goes on, and `onCut` is called,
 * once. A share of 1 lets all of the body through and nothing back.
 */
export async function startCutRelay(
  to: string,
  { path, share, onCut }: { readonly path: string; readonly share: number; readonly onCut: () => void },
): Promise<CutRelay> {
  const target = new URL(to)
  const open = new Set<Socket>()
  let isCut = false
  const server = createServer((near) => {
    const far = connect({ host: target.hostname, port: Number(target.port) })
    for (const socket of [near, far]) {
      open.add(socket)
      socket.on('close', () => open.delete(socket)).on('error', () => undefined)
    }
    let mutes = false
    let held = Buffer.alloc(0)
    let passed = 0
    near.on('data', (piece: Buffer) => {
      // What comes behind the cut on the same connection stays here as well.
      if (mutes) return
      held = Buffer.concat([held, piece])
      const limit = isCut ? null : limitOf(held, path, share)
      const upTo = limit === null ? held.length : Math.min(limit, held.length)
      if (upTo > passed) far.write(held.subarray(passed, upTo))
      passed = upTo
      if (limit === null || upTo < limit) return
      isCut = true
      mutes = true
      onCut()
    })
    far.on('data', (piece: Buffer) => void (mutes || near.write(piece)))
    near.on('close', () => far.destroy())
    far.on('close', () => near.destroy())
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}${target.pathname}`,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy()
      await new Promise<void>((resolve) => void server.close(() => resolve()))
    },
  }
}

/** Up to which byte of a connection a call of that path may go; null: it is another call, or not known yet. */
function limitOf(bytes: Buffer, path: string, share: number): number | null {
  const head = bytes.indexOf('\r\n\r\n')
  const text = bytes.subarray(0, head === -1 ? 0 : head).toString('latin1')
  if (!text.startsWith(`POST ${path} `)) return null
  const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0)
  return head + 4 + Math.ceil(length * share)
}
