import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import type { Compressors } from 'hyparquet'

/**
 * What unpacks pages, of at most this many bytes each: the size that a page tells of itself is not trusted. What Node.js
 * unpacks itself is stopped at the page's own size. Throws an error for the reader to put into words.
 */
export function boundedCompressors(library: Compressors, maxPageBytes: number): Compressors {
  const native: Compressors = {
    GZIP: (input, length) => gunzipSync(input, { maxOutputLength: Math.max(1, length) }),
    BROTLI: (input, length) => brotliDecompressSync(input, { maxOutputLength: Math.max(1, length) }),
    ZSTD: (input, length) => zstdDecompressSync(input, { maxOutputLength: Math.max(1, length) }),
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
