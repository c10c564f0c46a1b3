import { Buffer } from 'node:buffer'

/**
 * A release of memory that would else lie there until garbage is collected, which is late: for the collector a megabyte
 * of bytes is one small object. The bytes are all that anybody wanted of their memory, and nobody may use them
 * afterwards. Does nothing to those that Node keeps in one piece with others (`Buffer.poolSize`).
 */
export function giveBack(bytes: Uint8Array): void {
  const { buffer } = bytes
  const isPooled = buffer.byteLength <= Buffer.poolSize && buffer.byteLength !== bytes.byteLength
  if (buffer instanceof ArrayBuffer && !isPooled) buffer.transfer(0)
}
