/** The rank of bytes that are no token. */
export const unknown = -1

/** The tokens of an encoding: which bytes are one, and of which rank. */
export interface TokenTable {
  /** The rank of the bytes from `first` to before `last`, or `unknown`. */
  readonly rank: (bytes: Uint8Array, first: number, last: number) => number
}

const lineFeed = 0x0a
const space = 0x20
const zero = 0x30
const padding = 0x3d

/** What each character of base64 stands for. */
const sixBits = new Uint8Array(0x1_00)
const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
for (let value = 0; value < digits.length; value += 1) sixBits[digits.charCodeAt(value)] = value

/**
 * Reads a table as OpenAI publishes it: a line for each token, its bytes in base64 and its rank, a space between them
 * (tiktoken, `load_tiktoken_bpe`). All of it lies in four flat arrays, some 8 MB for 200,000 tokens, which collections
 * of garbage have nothing to do with.
 */
export function tokenTable(file: Uint8Array): TokenTable {
  const count = file.reduce((lines, byte) => (byte === lineFeed ? lines + 1 : lines), 1)
  const tokens = new Uint8Array(file.length)
  const starts = new Uint32Array(count + 1)
  const ranks = new Int32Array(count)
  // At most half full, so that what is looked for is found or missed at once.
  const slots = new Int32Array(2 ** Math.ceil(Math.log2(count * 2))).fill(unknown)
  const mask = slots.length - 1

  let filled = 0
  let token = 0
  for (let at = 0; at < file.length; at += 1) {
    const start = filled
    let bits = 0
    let held = 0
    for (; at < file.length && file[at] !== space; at += 1) {
      const character = file[at] ?? 0
      if (character === padding) continue
      bits = ((bits << 6) | (sixBits[character] ?? 0)) & 0xffff
      held += 6
      if (held < 8) continue
      held -= 8
      tokens[filled++] = bits >> held
    }
    let rank = 0
    for (at += 1; at < file.length && file[at] !== lineFeed; at += 1)
      rank = rank * 10 + (file[at] ?? zero) - zero
    if (filled === start) continue
    ranks[token] = rank
    starts[token + 1] = filled
    let slot = hashOf(tokens, start, filled) & mask
    while (slots[slot] !== unknown) slot = (slot + 1) & mask
    slots[slot] = token
    token += 1
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
        if (candidate === unknown) return unknown
        if (isToken(candidate, bytes, first, last)) return ranks[candidate] ?? unknown
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
