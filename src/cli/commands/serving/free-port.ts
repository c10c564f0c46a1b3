import { once } from 'node:events'
import { createServer } from 'node:net'

/** The port when nobody has it, else 0 for any that is free. */
export async function freeOr(port: number): Promise<number> {
  const server = createServer()
  try {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return port
  } catch {
    return 0
  } finally {
    server.close()
  }
}
