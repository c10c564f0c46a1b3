/** The tokens of an encoding by rank, as gpt-tokenizer ships them: text, or the bytes of a token that is no text. */
export type Ranks = readonly (string | readonly number[])[]

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

/** What is known of the tokens of a text without naming them. */
export interface Tokenizer {
  readonly count: (text: string) => number
  /** Where each token ends, as places in the text; one that ends within a character is told to end before it. */
  readonly ends: (text: string) => readonly number[]
}

/**
 * Counts and measures the tokens of any text, in time that grows as n·log n whatever the text: common libraries
 * search a whole piece for every merge, and a piece (a run of dashes, base64, Chinese without punctuation) can be as
 * long as the text. Exact up to `window` characters, and beyond where every window holds a line that begins with a
 * letter or digit; else a few tokens above, never below. Special tokens count as the plain text they are.
 */
export function bytePairTokenizer(
  ranks: Ranks,
  pieces: RegExp,
  window: number = windowCharacters,
): Tokenizer {
  const rankOf = ranksByBytes(ranks)
  const remembered = new Map<string, number>()
  const merge = merger(rankOf)

  function countPiece(piece: string): number {
    const ascii = isAscii(piece)
    if (ascii && rankOf.has(piece)) return 1
    const known = remembered.get(piece)
    if (known !== undefined) return known
    const bytes = ascii ? piece : utf8(piece)
    const tokens = rankOf.has(bytes) ? 1 : merge(bytes)
    if (piece.length <= maxRememberedLength) {
      if (remembered.size >= maxRemembered) remembered.clear()
      remembered.set(piece, tokens)
    }
    return tokens
  }

  function addEnds(piece: string, start: number, ends: number[]): void {
    const ascii = isAscii(piece)
    const bytes = ascii ? piece : utf8(piece)
    if (rankOf.has(bytes)) {
      ends.push(start + piece.length)
      return
    }
    const byteEnds: number[] = []
    merge(bytes, byteEnds)
    let place = 0
    let placeBytes = 0
    for (const end of byteEnds) {
      if (ascii) place = end
      else
        for (let next = utf8Bytes(piece, place); placeBytes + next <= end && next > 0;) {
          placeBytes += next
          place += next === 4 ? 2 : 1
          next = utf8Bytes(piece, place)
        }
      ends.push(start + place)
    }
  }

  /** Tells each piece and where it begins; returns how many cuts had to be made inside of pieces. */
  function eachPiece(text: string, tell: (piece: string, start: number) => void): number {
    let cuts = 0
    let start = 0
    while (start < text.length) {
      const { end, clean } = windowFrom(text, start, window)
      const part = text.slice(start, end)
      pieces.lastIndex = 0
      for (let found = pieces.exec(part); found !== null; found = pieces.exec(part))
        tell(found[0], start + found.index)
      if (!clean) cuts += 1
      start = end
    }
    return cuts
  }

  return {
    count(text) {
      let tokens = 0
      const cuts = eachPiece(text, (piece) => (tokens += countPiece(piece)))
      return tokens + cuts * tokensPerCut
    },
    ends(text) {
      const ends: number[] = []
      eachPiece(text, (piece, start) => addEnds(piece, start, ends))
      return ends
    },
  }
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
  const splitsPair =
    (text.charCodeAt(limit - 1) & 0xfc00) === 0xd800 && (text.charCodeAt(limit) & 0xfc00) === 0xdc00
  return { end: splitsPair ? limit + 1 : limit, clean: false }
}

/** Ranks by the bytes of the token, as text with one character per byte: the one form that all tokens have. */
function ranksByBytes(ranks: Ranks): ReadonlyMap<string, number> {
  const rankOf = new Map<string, number>()
  for (const [rank, token] of ranks.entries()) {
    if (typeof token !== 'string') rankOf.set(Buffer.from(token).toString('latin1'), rank)
    else rankOf.set(isAscii(token) ? token : utf8(token), rank)
  }
  return rankOf
}

function isAscii(text: string): boolean {
  // oxlint-disable-next-line no-control-regex
  return /^[\0-\x7f]*$/.test(text)
}

/** The UTF-8 bytes of a text, one character per byte; lone surrogates become U+FFFD. */
function utf8(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}

/** The bytes of the character at a place in UTF-8, 3 for half a surrogate pair; 0 at the end of the text. */
function utf8Bytes(text: string, place: number): number {
  const code = text.codePointAt(place)
  if (code === undefined) return 0
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
}

/** Stands for "no such place" and "these two make no token". */
const none = -1
const positions = 2 ** 31

/**
 * Byte pair encoding of one piece: of all neighbours that make a token the one of lowest rank is joined, the leftmost
 * first, until none does. A heap holds the candidates; one that is no longer true is dropped when it comes up. Returns
 * how many parts are left, and adds the ends of them to `ends`.
 */
function merger(rankOf: ReadonlyMap<string, number>): (bytes: string, ends?: number[]) => number {
  let after = new Int32Array(0)
  let before = new Int32Array(0)
  let pairRank = new Int32Array(0)
  const heap: number[] = []

  /** Notes the rank of the part at a place joined with the one after it. */
  function offer(bytes: string, place: number): void {
    const middle = at(after, place)
    const rank = middle < bytes.length ? rankOf.get(bytes.slice(place, at(after, middle))) : undefined
    pairRank[place] = rank ?? none
    if (rank !== undefined) push(heap, rank * positions + place)
  }

  return (bytes, ends) => {
    const size = bytes.length
    if (after.length < size) {
      after = new Int32Array(size * 2)
      before = new Int32Array(size * 2)
      pairRank = new Int32Array(size * 2)
    }
    for (let place = 0; place < size; place += 1) {
      after[place] = place + 1
      before[place] = place - 1
    }
    for (let place = 0; place < size; place += 1) offer(bytes, place)
    let tokens = size
    for (let best = pop(heap); best !== undefined; best = pop(heap)) {
      const place = best % positions
      if (at(pairRank, place) !== (best - place) / positions) continue
      tokens -= 1
      const joined = at(after, place)
      const end = at(after, joined)
      pairRank[joined] = none
      after[place] = end
      if (end < size) before[end] = place
      offer(bytes, place)
      if (at(before, place) !== none) offer(bytes, at(before, place))
    }
    if (ends)
      for (let place = 0; place < size;) {
        place = at(after, place)
        ends.push(place)
      }
    return tokens
  }
}

/** An element that is known to be there. */
function at(places: Int32Array, index: number): number {
  return Number(places[index])
}

/** Puts a number into a binary heap whose smallest is first. */
function push(heap: number[], value: number): void {
  let place = heap.push(value) - 1
  for (;;) {
    const parent = (place - 1) >> 1
    const above = heap[parent]
    if (above === undefined || above <= value) break
    heap[place] = above
    place = parent
  }
  heap[place] = value
}

/** Takes the smallest out. */
function pop(heap: number[]): number | undefined {
  const best = heap[0]
  const last = heap.pop()
  if (last === undefined || heap.length === 0) return best
  let place = 0
  for (;;) {
    let child = 2 * place + 1
    let below = heap[child] ?? Infinity
    const right = heap[child + 1] ?? Infinity
    if (right < below) {
      child += 1
      below = right
    }
    if (below >= last) break
    heap[place] = below
    place = child
  }
  heap[place] = last
  return best
}
