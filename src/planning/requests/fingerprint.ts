import { createHash, hash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { OffpeakError } from '../../domain/errors.ts'

/** Short texts are gathered up to so many characters before they are encoded, as each call has a fixed price. */
const gatherCharacters = 2_048

/** Found at once or not looked for at all, by how V8 keeps the text. */
const beyondLatin1 = /[^\0-\xff]/

/** Nothing that came out of a database or a file is nested so deep; a row that refers to itself is. */
const maxDepth = 1_000_000

/**
 * 32 hex characters of a SHA-256 over the parts in their order. Every part is framed by its kind and length, so
 * `['ab', 'c']`, `['a', 'bc']` and the bytes of `'abc'` all differ.
 */
export function fingerprint(parts: readonly (string | Uint8Array)[]): string {
  const digest = startDigest()
  for (const part of parts) {
    if (typeof part === 'string') digest.text(part)
    else digest.bytes(part)
  }
  return digest.hex(32)
}

/**
 * 16 hex characters that change when anything in a row changes: independent of the order of keys, and different for
 * null, undefined and absent, for dates, big integers, numbers and texts that look alike. Long texts count by their
 * length and a checksum of 32 bits, which costs less than a hash: one change in four billion goes unseen, in rows that have
 * been touched since they were read. Throws E_SOURCE_ROW for a row that refers to itself.
 */
export function hashRow(row: unknown): string {
  const digest = startDigest()
  const open: Container[] = []
  let value = row
  for (;;) {
    const inner = hashValue(digest, value)
    if (inner !== null && open.push(inner) > maxDepth) throw selfReference()
    let top = open.at(-1)
    while (top !== undefined && top.at === top.values.length) {
      open.pop()
      top = open.at(-1)
    }
    if (top === undefined) return digest.hex(16)
    value = top.values[top.at]
    top.at += 1
  }
}

/** A list or object whose values are still to be hashed from `at` on; its head is already in the hash. */
interface Container {
  readonly values: readonly unknown[]
  at: number
}

/** Hashes a value that holds no others, or the head of one that does, which is returned to be walked. */
function hashValue(digest: Digest, value: unknown): Container | null {
  switch (typeof value) {
    case 'string':
      if (value.length > gatherCharacters) digest.checksum(value)
      else digest.text(value)
      return null
    case 'number':
    case 'bigint':
    case 'boolean':
      digest.mark(`${typeof value}:${value};`)
      return null
    case 'object':
      return hashObject(digest, value)
    case 'undefined':
    case 'function':
    case 'symbol':
    default:
      // Functions and symbols are no data and count by their kind alone.
      digest.mark(`${typeof value};`)
      return null
  }
}

function hashObject(digest: Digest, value: object | null): Container | null {
  if (value === null) digest.mark('null;')
  else if (value instanceof Date) digest.mark(`date:${value.getTime()};`)
  else if (ArrayBuffer.isView(value)) {
    digest.bytes(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))
  } else return containerOf(digest, value)
  return null
}

function containerOf(digest: Digest, value: object): Container {
  if (Array.isArray(value)) return list(digest, 'array', value)
  if (value instanceof Map) return list(digest, 'map', [...value].flat())
  if (value instanceof Set) return list(digest, 'set', [...value])
  const fields: Readonly<Record<string, unknown>> = { ...value }
  const pairs: unknown[] = []
  for (const key of Object.keys(fields).sort()) pairs.push(key, fields[key])
  return list(digest, 'object', pairs)
}

function list(digest: Digest, kind: string, values: readonly unknown[]): Container {
  digest.mark(`${kind}:${values.length};`)
  return { values, at: 0 }
}

/**
 * How a text is taken as it lies in memory: long texts would take longer to encode than to hash, and UTF-8 has no lone
 * surrogates, which would all become the same replacement character.
 */
function inMemory(text: string): { readonly encoding: 'latin1' | 'utf16le'; readonly length: number } {
  return beyondLatin1.test(text)
    ? { encoding: 'utf16le', length: text.length * 2 }
    : { encoding: 'latin1', length: text.length }
}

function selfReference(): OffpeakError {
  return new OffpeakError(
    'E_SOURCE_ROW',
    'A row refers to itself, or is nested more than a million levels deep.',
    {
      fix: 'Select plain columns, or map the row to plain fields in the source.',
    },
  )
}

interface Digest {
  mark(text: string): void
  text(text: string): void
  /** Takes a long text by its length and 32 bits. */
  checksum(text: string): void
  bytes(bytes: Uint8Array): void
  hex(characters: number): string
}

/** Rows and bodies mostly fit in here: hashing them in one call costs much less than a stream of their pieces. */
const bufferBytes = 262_144
let spare: Buffer | null = null

function startDigest(): Digest {
  // Taken, not shared: a row's own getter might hash something on the way.
  const buffer = spare ?? Buffer.allocUnsafeSlow(bufferBytes)
  spare = null
  let filled = 0
  let gathered = ''
  let state: ReturnType<typeof createHash> | null = null
  function handOver(): ReturnType<typeof createHash> {
    state ??= createHash('sha256')
    state.update(buffer.subarray(0, filled))
    filled = 0
    return state
  }
  function encode(): void {
    // Three bytes of UTF-8 at most for each unit of UTF-16.
    const mostBytes = gathered.length * 3
    if (filled + mostBytes > buffer.length) handOver()
    if (mostBytes > buffer.length) handOver().update(gathered)
    else filled += buffer.write(gathered, filled)
    gathered = ''
  }
  function mark(text: string): void {
    gathered += text
    if (gathered.length > gatherCharacters) encode()
  }
  function bytes(part: Uint8Array): void {
    mark(`bytes:${part.byteLength};`)
    encode()
    if (filled + part.byteLength > buffer.length) handOver()
    if (part.byteLength > buffer.length) handOver().update(part)
    else {
      buffer.set(part, filled)
      filled += part.byteLength
    }
  }
  return {
    mark,
    bytes,
    checksum(text) {
      const { encoding, length } = inMemory(text)
      const room = filled + length <= buffer.length ? buffer.subarray(filled) : Buffer.allocUnsafe(length)
      room.write(text, encoding)
      mark(`${encoding};checksum:${length}:${crc32(room.subarray(0, length))};`)
    },
    text(text) {
      if (text.length <= gatherCharacters && text.isWellFormed()) {
        mark(`text:${text.length};`)
        mark(text)
        return
      }
      const { encoding, length } = inMemory(text)
      mark(`${encoding};bytes:${length};`)
      encode()
      if (filled + length > buffer.length) handOver()
      if (length > buffer.length) handOver().update(text, encoding)
      else filled += buffer.write(text, filled, encoding)
    },
    hex(characters) {
      encode()
      const whole =
        state === null ? hash('sha256', buffer.subarray(0, filled), 'buffer') : handOver().digest()
      spare = buffer
      // Cut before it is a text: a part of a text keeps the whole in memory, for every record of a file.
      return whole.toString('hex', 0, characters / 2)
    },
  }
}
