import { hash, randomBytes, randomUUID } from 'node:crypto'
import { base62 } from '../../core/ids.ts'

/** Two services speak OpenAI's dialect; each has its own ids, limits and quirks. */
export type Profile = 'openai' | 'azure'

/** The service that a record or a call belongs to. */
export function profileOf({ profile }: { readonly profile: string }): Profile {
  return profile === 'azure' ? 'azure' : 'openai'
}

/** `file-` + 22 base62 characters at OpenAI, `file-` + 32 hex digits at Azure (recorded objects). */
export function newFileId(profile: Profile): string {
  return profile === 'azure' ? `file-${randomBytes(16).toString('hex')}` : `file-${base62(randomBytes(22))}`
}

/** A file id that follows from a name, so that work repeated after a crash writes the same file. */
export function derivedFileId(profile: Profile, name: string): string {
  const digest = hash('sha256', name, 'buffer')
  return profile === 'azure'
    ? `file-${digest.subarray(0, 16).toString('hex')}`
    : `file-${base62(digest.subarray(0, 22))}`
}

/** `batch_` + 32 hex digits whose first 8 are `created_at` (recorded OpenAI objects); a UUID at Azure. */
export function newBatchId(profile: Profile, createdAtMs: number): string {
  if (profile === 'azure') return `batch_${randomUUID()}`
  const seconds = Math.floor(createdAtMs / 1000)
  return `batch_${seconds.toString(16).padStart(8, '0')}${randomBytes(12).toString('hex')}`
}

export function uuidFrom(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
