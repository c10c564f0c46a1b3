import { open } from 'node:fs/promises'
import type { AsyncBuffer } from 'hyparquet'

/** The bytes of a file of this size, read where they are asked for; the library's own reader needs twice their memory. */
export function fileBytes(path: string, size: number): AsyncBuffer {
  return {
    byteLength: size,
    async slice(start, end = size) {
      const bytes = new Uint8Array(Math.max(0, Math.min(end, size) - start))
      const handle = await open(path, 'r')
      try {
        let at = 0
        while (at < bytes.length) {
          const { bytesRead } = await handle.read(bytes, at, bytes.length - at, start + at)
          if (bytesRead === 0) return bytes.buffer.slice(0, at)
          at += bytesRead
        }
      } finally {
        await handle.close()
      }
      return bytes.buffer
    },
  }
}
