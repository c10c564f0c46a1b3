import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import type { Compressors } from 'hyparquet'

/**
 * Unpackers of pages of at most this many bytes each: the size that a page tells of itself is not trusted. What Node.js
 * unpacks itself is stopped at the page's own size. Throws an error for the reader to put into words.
 */
export function boundedCompressors(library: Compressors, maxPageBytes: number): Compressors {
  const native: Compressors = {
    GZIP: (input, length) => gunzipSync(input, whole(length)),
    BROTLI: (input, length) => brotliDecompressSync(input, whole(length)),
    ZSTD: (input, length) => zstdDecompressSync(input, whole(length)),
  }
  return Object.fromEntries(
    Object.entries({ ...library, ...native }).map(([codec, unpack]) => [
      codec,
      (input: Uint8Array, length: number): Uint8Array => {
        if (length <= maxPageBytes) return unpack(input, length)
        throw new Error(
          `a page of ${length.toLocaleString('en-US')} bytes is larger than what is unpacked at once`,
        )
      },
    ]),
  )
}

/** As one piece from the beginning: pieces of the usual size are all there again when they are put together. */
function whole(length: number): { readonly maxOutputLength: number; readonly chunkSize: number } {
  return { maxOutputLength: Math.max(1, length), chunkSize: Math.max(leastChunkBytes, length) }
}

/** The smallest that zlib of Node.js takes. */
const leastChunkBytes = 64
