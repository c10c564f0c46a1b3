import { Buffer } from 'node:buffer'
import { merger } from './merge-pairs.ts'
import { beforePair, isHigh, isLow } from '../text/surrogates.ts'
import { type TokenTable, unknown } from './token-table.ts'

/** The counts of so many pieces are remembered; then the memory is emptied and starts again. */
const maxRemembered = 65_536
const maxRememberedLength = 128

/**
 * A window is at most so many characters: the splitting pattern overflows the stack on some millions of letters in a
 * row, and the merge needs 40 bytes of memory for each byte of a piece.
 */
export const windowCharacters = 262_144

/**
 * Added for every cut that had to be made inside a piece: the halves of a piece can merge into fewer tokens than the
 * whole, but only around the cut.
 */
const tokensPerCut = 16

/** Counts and ends of the tokens of a text, without their names. */
export interface Tokenizer {
  readonly count: (text: string) => number
  /** Where each token ends, as places in the text; one that ends within a character is told to end before it. */
  readonly ends: (text: string) => readonly number[]
}

/**
 * A tokenizer that counts and measures the tokens of any text, in time that grows as n·log n whatever the text: common
 * libraries search a whole piece for every merge, and a piece (a run of dashes, base64, Chinese without punctuation)
 * can be as long as the text. Exact up to `window` characters, and beyond where every window holds a line that begins
 * with a letter or digit; else a few tokens above, never below. Special tokens count as the plain text they are.
 */
export function bytePairTokenizer(
  table: TokenTable,
  pieces: RegExp,
  window: number = windowCharacters,
): Tokenizer {
  const remembered = new Map<string, number>()
  const merge = merger(table)
  // Tried where the last piece ended, which tells the end of the next one without making anything of it.
  const next = new RegExp(pieces, pieces.flags.replace('g', '') + 'y')
  let bytes = Buffer.allocUnsafe(0)

  function countPiece(part: string, { start, end, firstByte, lastByte }: Piece): number {
    if (table.rank(bytes, firstByte, lastByte) !== unknown) return 1
    if (end - start > maxRememberedLength) return merge(bytes, firstByte, lastByte)
    const piece = part.slice(start, end)
    const known = remembered.get(piece)
    if (known !== undefined) return known
    const tokens = merge(bytes, firstByte, lastByte)
    if (remembered.size >= maxRemembered) remembered.clear()
    remembered.set(piece, tokens)
    return tokens
  }

  function addEnds(
    part: string,
    { start, end, firstByte, lastByte }: Piece,
    before: number,
    ends: number[],
  ): void {
    if (table.rank(bytes, firstByte, lastByte) !== unknown) {
      ends.push(before + end)
      return
    }
    const byteEnds: number[] = []
    merge(bytes, firstByte, lastByte, byteEnds)
    let place = start
    let placeBytes = 0
    for (const byteEnd of byteEnds) {
      for (let width = utf8Bytes(part, place); placeBytes + width <= byteEnd && place < end;) {
        placeBytes += width
        place += width === 4 ? 2 : 1
        width = utf8Bytes(part, place)
      }
      ends.push(before + place)
    }
  }

  /** Tells each piece of a part whose bytes are at hand. */
  function eachPiece(part: string, tell: (piece: Piece) => void): void {
    const isAscii = bytes.length === part.length
    let start = 0
    let firstByte = 0
    while (start < part.length) {
      let end = start
      next.lastIndex = start
      if (next.test(part)) end = next.lastIndex
      else {
        pieces.lastIndex = start
        const found = pieces.exec(part)
        if (found === null) return
        firstByte += isAscii ? found.index - start : bytesBetween(part, start, found.index)
        start = found.index
        end = pieces.lastIndex
      }
      const lastByte = firstByte + (isAscii ? end - start : bytesBetween(part, start, end))
      tell({ start, end, firstByte, lastByte })
      start = end
      firstByte = lastByte
    }
  }

  /** Tells each part of a text, its bytes at hand, and where it begins; returns how many cuts had to be made inside of pieces. */
  function eachPart(text: string, tell: (part: string, start: number) => void): number {
    let cuts = 0
    let start = 0
    while (start < text.length) {
      const { end, clean } = windowFrom(text, start, window)
      const part = text.slice(start, end)
      bytes = Buffer.from(part)
      tell(part, start)
      if (!clean) cuts += 1
      start = end
    }
    return cuts
  }

  return {
    count(text) {
      let tokens = 0
      let last = ''
      let ofLast = 0
      const cuts = eachPart(text, (part) => {
        // A run of one character fills window after window with the same.
        if (part !== last) {
          last = part
          ofLast = 0
          eachPiece(part, (piece) => (ofLast += countPiece(part, piece)))
        }
        tokens += ofLast
      })
      return tokens + cuts * tokensPerCut
    },
    ends(text) {
      const ends: number[] = []
      eachPart(text, (part, before) => eachPiece(part, (piece) => addEnds(part, piece, before, ends)))
      return ends
    },
  }
}

/** A piece by its places in its part, and by those of its bytes. */
interface Piece {
  readonly start: number
  readonly end: number
  readonly firstByte: number
  readonly lastByte: number
}

/**
 * Where the window that begins at `start` ends. It is a clean end after a line feed before a letter or digit, as no
 * piece of the known encodings spans these; otherwise anywhere but inside a surrogate pair.
 */
function windowFrom(
  text: string,
  start: number,
  window: number,
): { readonly end: number; readonly clean: boolean } {
  const limit = start + window
  if (limit >= text.length) return { end: text.length, clean: true }
  const half = start + (window >> 1)
  for (let at = text.lastIndexOf('\n', limit - 1); at >= half; at = text.lastIndexOf('\n', at - 1)) {
    if (/^[\p{L}\p{N}]/u.test(text.slice(at + 1, at + 3))) return { end: at + 1, clean: true }
  }
  return { end: beforePair(text, limit) < limit ? limit + 1 : limit, clean: false }
}

/** The UTF-8 bytes of a part of a text; half a surrogate pair becomes U+FFFD, which has three. */
function bytesBetween(text: string, start: number, end: number): number {
  let bytes = 0
  for (let place = start; place < end; place += 1) {
    const unit = text.charCodeAt(place)
    if (unit < 0x80) bytes += 1
    else if (unit < 0x800) bytes += 2
    else {
      bytes += 3
      // The second half of a pair has been counted with the first, of which the two make four.
      if (isHigh(unit) && isLow(text.charCodeAt(place + 1))) {
        bytes += 1
        place += 1
      }
    }
  }
  return bytes
}

/** The bytes of the character at a place in UTF-8, 3 for half a surrogate pair; 0 at the end of the text. */
function utf8Bytes(text: string, place: number): number {
  const code = text.codePointAt(place)
  if (code === undefined) return 0
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
}
