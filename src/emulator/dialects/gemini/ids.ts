import { hash, randomBytes } from 'node:crypto'

const alphabet = '0123456789abcdefghijklmnopqrstuvwxyz'

function lowerCase(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += alphabet.charAt(byte % alphabet.length)
  return text
}

/** 36 lower-case letters and digits behind `batches/` (a recorded operation of August 2026). */
export function newBatchId(): string {
  return lowerCase(randomBytes(36))
}

/** 12 lower-case letters and digits behind `files/` (Gemini document, Files API). */
export function newFileId(): string {
  return lowerCase(randomBytes(12))
}

/** The name of an upload that is under way: whoever knows it may send the bytes. */
export function newUploadId(): string {
  return randomBytes(24).toString('base64url')
}

/** The file of responses, so that work repeated after a crash writes the same one. */
export function responsesFileId(batchId: string): string {
  return `batch-${batchId}`
}

/** An id that follows from a digest: 22 characters, as recorded. */
export function responseId(digest: string): string {
  return hash('sha256', digest, 'buffer').toString('base64url').slice(0, 22)
}
