import { hash, randomUUID } from 'node:crypto'

/** Jobs and files are UUIDs (recorded in August 2026). */
export function newId(): string {
  return randomUUID()
}

/** A UUID that follows from a name, so that work repeated after a crash writes the same file. */
export function derivedId(name: string): string {
  const hex = hash('sha256', name, 'hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** 32 hex digits, as answers have them. */
export function answerId(digest: string): string {
  return digest.slice(0, 32)
}

/** `batch-`, the beginnings of the job and of its file, and the place of the line. */
export function lineId(jobId: string, fileId: string, index: number): string {
  return `batch-${jobId.slice(0, 8)}-${fileId.slice(0, 8)}-${index}`
}
