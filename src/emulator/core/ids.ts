import { hash, randomBytes } from 'node:crypto'

const base62Alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

export function base62(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += base62Alphabet.charAt(byte % 62)
  return text
}

export function newRequestId(): string {
  return `req_${randomBytes(16).toString('hex')}`
}

/** Stable identity of one line of one batch, from which all ids inside its answer are derived. */
export function lineDigest(batchId: string, index: number): string {
  return hash('sha1', `${batchId}/${index}`, 'hex')
}
