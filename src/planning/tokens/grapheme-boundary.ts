import { beforePair } from '../text/surrogates.ts'

/** How far before a place its surroundings are looked at; a single character longer than this is cut inside. */
const lookBehind = 1_024
const lookAhead = 64

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** The last place at or before `at` (inside the text) where no character of a reader is divided. */
export function boundaryAtOrBefore(text: string, at: number): number {
  if (at <= 0) return 0
  const start = safeStart(text, at)
  const around = graphemes.segment(text.slice(start, at + lookAhead)).containing(at - start)
  const inside = Number(around?.index)
  const known = inside > 0 || start === 0 || isPlain(text.charCodeAt(start))
  return known ? start + inside : beforePair(text, at)
}

/** The first place behind `at` (inside the text) where no character of a reader is divided. */
export function boundaryAfter(text: string, at: number): number {
  const [first] = graphemes.segment(text.slice(at, beforePair(text, at + lookBehind)))
  return at + (first?.segment.length ?? 1)
}

/** A place before `at` from where characters can be told apart: between two of ASCII, else as far back as we look. */
function safeStart(text: string, at: number): number {
  const first = at - lookBehind
  if (first <= 0) return 0
  for (let place = at - 1; place > first; place -= 1) {
    if (isPlain(text.charCodeAt(place - 1)) && isPlain(text.charCodeAt(place))) return place
  }
  return beforePair(text, first)
}

/** Printable ASCII: two of them are never one character. */
function isPlain(unit: number): boolean {
  return unit >= 0x20 && unit < 0x7f
}
