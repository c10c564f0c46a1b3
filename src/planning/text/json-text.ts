import { Buffer } from 'node:buffer'
import { beforePair, isHigh, isLow } from './surrogates.ts'

/** More bytes than this for each unit of a text no escape takes: `\u0000`. */
const mostBytesPerUnit = 6

/** So many units of UTF-16 are looked at at once; together with what comes of them they stay in the processor's cache. */
const workItemsAtOnce = 32_768

const memory = new ArrayBuffer(workItemsAtOnce * 2)
const writable = Buffer.from(memory)
const units = new Uint16Array(memory)

const backslash = 0x5c
const hexDigits = Buffer.from('0123456789abcdef')
/** What stands behind the backslash of a short escape; 0: there is none. */
const shortEscapes = new Uint8Array(0x80)
for (const [character, escape] of ['\bb', '\tt', '\nn', '\ff', '\rr', '""', '\\\\'].map(
  ([of = '', to = '']) => [of, to],
))
  shortEscapes[character?.charCodeAt(0) ?? 0] = escape?.charCodeAt(0) ?? 0
/** 0 for units that are bytes of JSON as they are. */
const special = new Uint8Array(0x1_00_00).fill(1)
special.fill(0, 0x20, 0x80)
special[0x22] = 1
special[backslash] = 1

/** Most bytes that a text takes inside of JSON. */
export function mostJsonTextBytes(text: string): number {
  return text.length * mostBytesPerUnit
}

/** The result for half a surrogate pair, which no encoding of Unicode has, and for NUL where it is refused. */
export const illFormed = -1

/**
 * The position after a text that was written as the inside of a JSON string into `target` from `start` on, or
 * `illFormed`: the very bytes that `JSON.stringify` gives between its quotes, but for U+0085, U+2028 and U+2029, which
 * are escaped because readers that are not ours take them for line ends. There must be room for `mostJsonTextBytes`.
 * With `nul: 'refused'` a text that holds U+0000 is ill-formed as well.
 *
 * Quicker than making the JSON as a text first and its bytes of that, and leaves nothing to be collected.
 */
export function writeJsonText(
  text: string,
  target: Uint8Array,
  start: number,
  nul: 'written' | 'refused' = 'written',
): number {
  let at = start
  for (let from = 0; from < text.length && at !== illFormed;) {
    // Both halves of a pair are looked at together.
    const to = beforePair(text, Math.min(text.length, from + workItemsAtOnce))
    const count =
      writable.write(from === 0 && to === text.length ? text : text.slice(from, to), 'utf16le') / 2
    at = escapeUnits(count, target, at, nul)
    from = to
  }
  return at
}

function escapeUnits(count: number, target: Uint8Array, start: number, nul: 'written' | 'refused'): number {
  let at = start
  let index = 0
  while (index < count) {
    // Four at a time: most of any text needs no escape.
    while (index + 3 < count) {
      const one = units[index] ?? 0
      const two = units[index + 1] ?? 0
      const three = units[index + 2] ?? 0
      const four = units[index + 3] ?? 0
      if (((special[one] ?? 1) | (special[two] ?? 1) | (special[three] ?? 1) | (special[four] ?? 1)) !== 0)
        break
      target[at] = one
      target[at + 1] = two
      target[at + 2] = three
      target[at + 3] = four
      at += 4
      index += 4
    }
    const behind = Math.min(count, index + 4)
    while (index < behind) {
      const unit = units[index] ?? 0
      index += 1
      if (special[unit] === 0) target[at++] = unit
      else if (unit === 0 && nul === 'refused') return illFormed
      else if (unit < 0x80) at = escapeAscii(unit, target, at)
      else if (isHigh(unit) || isLow(unit)) {
        if (isLow(unit) || index === count || !isLow(units[index] ?? 0)) return illFormed
        at = writePair(unit, units[index] ?? 0, target, at)
        index += 1
      } else at = writeWorkItem(unit, target, at)
    }
  }
  return at
}

function escapeAscii(unit: number, target: Uint8Array, at: number): number {
  const short = shortEscapes[unit] ?? 0
  if (short === 0) return escapeUnit(unit, target, at)
  target[at] = backslash
  target[at + 1] = short
  return at + 2
}

/** `\u` and four digits. */
function escapeUnit(unit: number, target: Uint8Array, at: number): number {
  target[at] = backslash
  target[at + 1] = 0x75
  for (let digit = 0; digit < 4; digit += 1)
    target[at + 2 + digit] = hexDigits[(unit >> (12 - digit * 4)) & 15] ?? 0
  return at + 6
}

/** Characters beyond ASCII as UTF-8, line ends as escapes. */
function writeWorkItem(unit: number, target: Uint8Array, at: number): number {
  if (unit === 0x85 || unit === 0x20_28 || unit === 0x20_29) return escapeUnit(unit, target, at)
  if (unit < 0x8_00) {
    target[at] = 0xc0 | (unit >> 6)
    target[at + 1] = 0x80 | (unit & 0x3f)
    return at + 2
  }
  target[at] = 0xe0 | (unit >> 12)
  target[at + 1] = 0x80 | ((unit >> 6) & 0x3f)
  target[at + 2] = 0x80 | (unit & 0x3f)
  return at + 3
}

function writePair(high: number, low: number, target: Uint8Array, at: number): number {
  const point = 0x1_00_00 + ((high & 0x3_ff) << 10) + (low & 0x3_ff)
  target[at] = 0xf0 | (point >> 18)
  target[at + 1] = 0x80 | ((point >> 12) & 0x3f)
  target[at + 2] = 0x80 | ((point >> 6) & 0x3f)
  target[at + 3] = 0x80 | (point & 0x3f)
  return at + 4
}
