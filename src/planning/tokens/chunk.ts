import type { Tokenizer } from './byte-pairs.ts'
import { boundaryAfter, boundaryAtOrBefore } from './grapheme-boundary.ts'
import { beforePair } from '../text/surrogates.ts'

export interface ChunkTextOptions {
  /** The most that a piece has; at least 1. */
  readonly tokens: number
  /** The share of a piece's tokens that the next one repeats, 0 to 0.9. */
  readonly overlap: number
  readonly tokenizer: Tokenizer
}

/** A cut is looked for in this last share of a piece, before it is made anywhere. */
const cutShare = 0.2

/** Ends of paragraphs, of sentences, of words: each with the blanks behind it, the best first. */
const breaks = [
  /\n[^\S\n]*\n\s*/g,
  /(?<=[.!?…]["'”’»)\]]{0,2})\s+|(?<=[。！？…][」』”’）]?)(?![。！？…」』”’）\s])/g,
  /\s+/g,
] as const

/**
 * Pieces of a text of at most `tokens` tokens each, in order, which together hold every character. Cuts are never
 * inside what a reader sees as one character, and after a paragraph, a sentence or a word where the last fifth of a
 * piece has one. A text that fits is one piece, an empty one none; a single character of more tokens than allowed is a
 * piece of its own. The same text gives the same pieces, in time that grows with its length.
 */
export function chunkText(text: string, options: ChunkTextOptions): readonly string[] {
  return chunkPlaces(text, options).map(([start, end]) => text.slice(start, end))
}

/** Where the pieces of a text begin and end. */
export function chunkPlaces(
  text: string,
  { tokens, overlap, tokenizer }: ChunkTextOptions,
): readonly (readonly [start: number, end: number])[] {
  const pieces: (readonly [number, number])[] = []
  let start = 0
  /** Where the last piece ended; the next one must reach further. */
  let reached = 0
  let lookAt = tokens * 6
  while (reached < text.length) {
    const { ends, isRest } = tokensFrom(text, start, tokens, lookAt, tokenizer)
    if (isRest && ends.length <= tokens && tokenizer.count(text.slice(start)) <= tokens) {
      pieces.push([start, text.length])
      break
    }
    const end = endOf(text, start, reached, ends, tokens, tokenizer)
    if (end <= reached) {
      // All of it has been in the piece before: there is no room to repeat so much.
      start = reached
      continue
    }
    pieces.push([start, end])
    reached = end
    lookAt = Math.ceil((end - start) * 1.2) + 64
    start = startOfNext(text, start, end, ends, overlap)
  }
  return pieces
}

/** The ends of the tokens from a place on, some more than are wanted unless the text ends before. */
function tokensFrom(
  text: string,
  start: number,
  wanted: number,
  lookAt: number,
  tokenizer: Tokenizer,
): { readonly ends: readonly number[]; readonly isRest: boolean } {
  for (let length = Math.max(lookAt, 64); ; length *= 2) {
    const isRest = start + length >= text.length
    const stop = isRest ? text.length : beforePair(text, start + length)
    const ends = tokenizer.ends(text.slice(start, stop))
    if (isRest || ends.length > wanted + 1) return { ends, isRest }
  }
}

/** Where the piece ends that begins at `start`, behind it and if possible behind what is reached. */
function endOf(
  text: string,
  start: number,
  reached: number,
  ends: readonly number[],
  tokens: number,
  { count }: Tokenizer,
): number {
  let allowed = Math.min(tokens, ends.length)
  for (;;) {
    const most = place(start, ends, allowed)
    const soft = Math.max(place(start, ends, Math.floor(allowed * (1 - cutShare))), reached)
    const end =
      most >= text.length ? text.length : (lastBreak(text, soft, most) ?? wholeCharacter(text, start, most))
    // Cut off from what follows, the last letters can make more tokens than they did before it.
    const over = count(text.slice(start, end)) - tokens
    if (over <= 0 || allowed <= 1) return end
    allowed = Math.max(1, allowed - over)
  }
}

/** Where the next piece begins: so many tokens before the end of this one, rather at a break than anywhere. */
function startOfNext(
  text: string,
  start: number,
  end: number,
  ends: readonly number[],
  overlap: number,
): number {
  const used = tokensBefore(ends, end - start)
  const repeated = Math.floor(used * overlap)
  if (repeated === 0 || end >= text.length) return end
  const from = place(start, ends, used - repeated)
  const to = place(start, ends, used - repeated + Math.floor(repeated * cutShare))
  const next = lastBreak(text, from, to) ?? boundaryAtOrBefore(text, from)
  return next > start && next < end ? next : end
}

/** Where the first `count` tokens from `start` on end. */
function place(start: number, ends: readonly number[], count: number): number {
  return start + (ends[count - 1] ?? 0)
}

/** How many of the tokens end at or before a length. */
function tokensBefore(ends: readonly number[], length: number): number {
  let [low, high] = [0, ends.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ends[middle] ?? 0) <= length) low = middle + 1
    else high = middle
  }
  return low
}

/** The last cut between two places that is not inside a character, at the best kind of break that there is. */
function lastBreak(text: string, from: number, to: number): number | null {
  const region = text.slice(from, to)
  for (const pattern of breaks) {
    const found = [...region.matchAll(pattern)].map((match) => from + match.index + match[0].length)
    const best = found.findLast((at) => at > from && boundaryAtOrBefore(text, at) === at)
    if (best !== undefined) return best
  }
  return null
}

/** A place at or before `at` that divides no character; behind the first one when that alone is longer. */
function wholeCharacter(text: string, start: number, at: number): number {
  const boundary = boundaryAtOrBefore(text, at)
  return boundary > start ? boundary : boundaryAfter(text, start)
}
