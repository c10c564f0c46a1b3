/** The rank of bytes that are no token. */
export const unknown = -1

/** The tokens of an encoding: which bytes are one, and of which rank. */
export interface TokenTable {
  /** The rank of the bytes from `first` to before `last`, or `unknown`. */
  readonly rank: (bytes: Uint8Array, first: number, last: number) => number
}

/** Bytes of the number that a file begins with: how many tokens it has, lowest byte first. */
const bytesOfCount = 4

/** The bytes of a token are counted in one byte each. */
const maxTokenBytes = 0xff

/**
 * A table as this package carries it: the number of tokens, then the length of each in a byte, then the bytes of all,
 * in the order of their ranks, which are 0, 1, 2 and so on. Throws for a token that is empty or longer than 255 bytes.
 */
export function packTokens(tokens: readonly Uint8Array[]): Uint8Array {
  const unfit = tokens.find(({ length }) => length === 0 || length > maxTokenBytes)
  if (unfit !== undefined)
    throw new RangeError(`a token has ${unfit.length} bytes, not 1 to ${maxTokenBytes}`)
  const bytes = tokens.reduce((sum, { length }) => sum + length, 0)
  const file = new Uint8Array(bytesOfCount + tokens.length + bytes)
  new DataView(file.buffer).setUint32(0, tokens.length, true)
  file.set(
    tokens.map(({ length }) => length),
    bytesOfCount,
  )
  let at = bytesOfCount + tokens.length
  for (const token of tokens) {
    file.set(token, at)
    at += token.length
  }
  return file
}

/**
 * The table that a file of `packTokens` holds. It lies in three flat arrays, some 4 MB for 200,000 tokens, which
 * collections of garbage have nothing to do with; the bytes of the tokens stay those of the file.
 */
export function tokenTable(file: Uint8Array): TokenTable {
  const count = new DataView(file.buffer, file.byteOffset).getUint32(0, true)
  const tokens = file.subarray(bytesOfCount + count)
  const starts = new Uint32Array(count + 1)
  // At most half full, so that what is looked for is found or missed at once.
  const slots = new Int32Array(2 ** Math.ceil(Math.log2(count * 2))).fill(unknown)
  const mask = slots.length - 1
  for (let token = 0; token < count; token += 1) {
    const start = starts[token] ?? 0
    const end = start + (file[bytesOfCount + token] ?? 0)
    starts[token + 1] = end
    let slot = hashOf(tokens, start, end) & mask
    while (slots[slot] !== unknown) slot = (slot + 1) & mask
    slots[slot] = token
  }

  const isToken = (candidate: number, bytes: Uint8Array, first: number, last: number): boolean => {
    const start = starts[candidate] ?? 0
    if ((starts[candidate + 1] ?? 0) - start !== last - first) return false
    for (let at = 0; at < last - first; at += 1) if (tokens[start + at] !== bytes[first + at]) return false
    return true
  }
  return {
    rank(bytes, first, last) {
      let slot = hashOf(bytes, first, last) & mask
      for (;;) {
        const candidate = slots[slot] ?? unknown
        if (candidate === unknown || isToken(candidate, bytes, first, last)) return candidate
        slot = (slot + 1) & mask
      }
    },
  }
}

/** FNV-1a, its upper half mixed into the lower one, which chooses the slot. */
function hashOf(bytes: Uint8Array, first: number, last: number): number {
  let hash = 0x81_1c_9d_c5
  for (let at = first; at < last; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01_00_01_93)
  return hash ^ (hash >>> 15)
}
