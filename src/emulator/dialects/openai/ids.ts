import { hash, randomBytes, randomUUID } from 'node:crypto'
import { base62 } from '../../core/ids.ts'

/** The services that speak OpenAI's dialect; each has its own ids, limits and quirks. */
export type Profile = 'openai' | 'azure' | 'groq' | 'together' | 'deepinfra' | 'upstream'

/** The service that a record or a call belongs to. */
export function profileOf({ profile }: { readonly profile: string }): Profile {
  switch (profile) {
    case 'azure':
    case 'groq':
    case 'together':
    case 'deepinfra':
    case 'upstream':
      return profile
    default:
      return 'openai'
  }
}

/**
 * `file-` + 22 base62 characters at OpenAI, `file-` + 32 hex digits at Azure (recorded objects), `file_01…` at Groq and
 * `file-` + UUID at Together (their documents).
 */
export function newFileId(profile: Profile): string {
  return fileId(profile, randomBytes(32))
}

function fileId(profile: Profile, bytes: Buffer): string {
  const hex = bytes.subarray(0, 16).toString('hex')
  switch (profile) {
    case 'azure':
      return `file-${hex}`
    case 'groq':
      return `file_01${hex.slice(0, 24)}`
    case 'together':
      return `file-${uuidFrom(hex)}`
    case 'openai':
    case 'deepinfra':
    case 'upstream':
      return `file-${base62(bytes.subarray(0, 22))}`
    default:
      return profile satisfies never
  }
}

/** A file id that follows from a name, so that work repeated after a crash writes the same file. */
export function derivedFileId(profile: Profile, name: string): string {
  return fileId(profile, hash('sha256', name, 'buffer'))
}

/** `batch_` + 32 hex digits whose first 8 are `created_at` (recorded OpenAI objects); a UUID at Azure and Together. */
export function newBatchId(profile: Profile, createdAtMs: number): string {
  if (profile === 'azure') return `batch_${randomUUID()}`
  if (profile === 'together') return randomUUID()
  if (profile === 'groq') return `batch_01${randomBytes(12).toString('hex')}`
  const seconds = Math.floor(createdAtMs / 1000)
  return `batch_${seconds.toString(16).padStart(8, '0')}${randomBytes(12).toString('hex')}`
}

export function uuidFrom(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
