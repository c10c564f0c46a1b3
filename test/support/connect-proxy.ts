import { createServer } from 'node:http'
import { connect, type Socket } from 'node:net'

/** A real proxy: it opens ways for CONNECT, passes plain requests on, and notes what it was asked. */
export interface ConnectProxy extends AsyncDisposable {
  readonly url: string
  readonly port: number
  /** Request lines and who asked, as `CONNECT host:443` and `Basic …`. */
  readonly asked: { readonly line: string; readonly authorization: string | undefined }[]
}

export type ProxyMood =
  /** Every way ends at this port of this machine, whatever was asked for. */
  { readonly to: number; readonly password?: string } | { readonly answer: string } | 'silent' | 'gone'

/** Starts a proxy on a free port. */
export async function startProxy(mood: ProxyMood): Promise<ConnectProxy> {
  const asked: ConnectProxy['asked'] = []
  const sockets = new Set<Socket>()
  const server = createServer((request, response) => {
    asked.push({
      line: `${request.method} ${request.url}`,
      authorization: request.headers['proxy-authorization'],
    })
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ id: 'through-the-proxy' }))
  })
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
  })
  server.on('connect', (request, socket: Socket) => {
    const authorization = request.headers['proxy-authorization']
    asked.push({ line: `CONNECT ${request.url}`, authorization })
    if (mood === 'silent') return
    if (mood === 'gone') return void socket.destroy()
    if ('answer' in mood) return void socket.end(`HTTP/1.1 ${mood.answer}\r\n\r\n`)
    const wanted = `Basic ${Buffer.from(mood.password ?? '').toString('base64')}`
    if (mood.password !== undefined && authorization !== wanted)
      return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
    const onward = connect(mood.to, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      onward.pipe(socket).pipe(onward)
    })
    sockets.add(onward)
    onward.on('error', () => socket.destroy())
    socket.on('close', () => onward.destroy())
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    asked,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
      })
    },
  }
}
