import { stripVTControlCharacters } from 'node:util'

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' })
const wide =
  /^(?:\p{Extended_Pictographic}|[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}]|[\u{20000}-\u{3fffd}])/u
const zero = /^[\p{Mark}\u200b-\u200f\u2060\ufeff]+$/u
const plain = /^[\x20-\x7e]*$/

function widthOf(grapheme: string): number {
  return wide.test(grapheme) ? 2 : zero.test(grapheme) ? 0 : 1
}

/** How many columns a text takes in a terminal; East Asian characters take two, colours none. */
export function textWidth(text: string): number {
  if (plain.test(text)) return text.length
  let width = 0
  for (const { segment } of segmenter.segment(stripVTControlCharacters(text))) width += widthOf(segment)
  return width
}

/** The text in at most so many columns, its end replaced by `…` when it is longer. Plain text only. */
export function cutToWidth(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text
  if (columns <= 1) return columns === 1 ? '…' : ''
  let [kept, width] = ['', 0]
  for (const { segment } of segmenter.segment(text)) {
    width += widthOf(segment)
    if (width > columns - 1) break
    kept += segment
  }
  return `${kept}…`
}

/**
 * The text in at most so many columns, its middle replaced by `…` when it is longer: keys that begin alike stay told
 * apart by their ends. Plain text only.
 */
export function shortenMiddle(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text
  if (columns <= 2) return cutToWidth(text, columns)
  const parts = [...segmenter.segment(text)].map(({ segment }) => segment)
  const end = Math.ceil((columns - 1) / 2)
  const tail = taken(parts.toReversed(), end).toReversed()
  return `${taken(parts, columns - 1 - textWidth(tail.join(''))).join('')}…${tail.join('')}`
}

/** The first of some graphemes that go into so many columns. */
function taken(graphemes: readonly string[], columns: number): readonly string[] {
  let width = 0
  const end = graphemes.findIndex((grapheme) => (width += widthOf(grapheme)) > columns)
  return end < 0 ? graphemes : graphemes.slice(0, end)
}

/** The text filled with spaces up to a width. */
export function padToWidth(text: string, columns: number, side: 'left' | 'right' = 'left'): string {
  const gap = ' '.repeat(Math.max(0, columns - textWidth(text)))
  return side === 'left' ? text + gap : gap + text
}
