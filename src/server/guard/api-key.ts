import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** A key as it is handed out: `op_live_<id>_<secret>`. Its id is public, of the secret only the digest is kept. */
export interface ApiKey {
  readonly id: string
  readonly secret: string
}

const secretBytes = 32
const form = /^op_live_([a-z0-9]{8})_([A-Za-z0-9_-]{43})$/

/** A new key: its text, to be shown once, and what is kept of it. */
export function mintKey(id: string): { readonly text: string; readonly id: string; readonly hash: string } {
  const secret = randomBytes(secretBytes).toString('base64url')
  return { text: `op_live_${id}_${secret}`, id, hash: digestOf(secret).toString('hex') }
}

/** The parts of a key; null when the text has another form. */
export function readKey(text: string): ApiKey | null {
  const [, id, secret] = form.exec(text) ?? []
  return id === undefined || secret === undefined ? null : { id, secret }
}

/** Whether a secret has this digest, in a time that tells nothing of either. */
export function fitsHash(secret: string, hash: string): boolean {
  const wanted = Buffer.from(hash, 'hex')
  const given = digestOf(secret)
  return wanted.length === given.length && timingSafeEqual(given, wanted)
}

/** Whether two texts are the same, in a time that tells nothing of either. */
export function sameText(one: string, other: string): boolean {
  return timingSafeEqual(digestOf(one), digestOf(other))
}

/** Secrets are random bytes, so that a quick hash is as safe as a slow one. */
export function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
