import { Buffer } from 'node:buffer'

/** In points, of which 72 are an inch. */
export interface PageSize {
  readonly width: number
  readonly height: number
}

const mediaBox = Buffer.from('/MediaBox')
const boxBytes = 120
/** A file that says it for every page is of like pages. */
const mostLookedAt = 10_000

/**
 * The size of the largest page of a PDF, as far as it is written in plain sight: many files pack it away, and null is
 * what is known of those. Also a box that no page has counts, which makes the size too large at worst.
 */
export function largestPage(pdf: Uint8Array): PageSize | null {
  const bytes = Buffer.from(pdf.buffer, pdf.byteOffset, pdf.byteLength)
  let largest: PageSize | null = null
  let at = bytes.indexOf(mediaBox)
  for (let looked = 0; at !== -1 && looked < mostLookedAt; looked += 1) {
    const size = sizeOf(bytes.toString('latin1', at + mediaBox.length, at + boxBytes))
    if (size !== null && (largest === null || size.width * size.height > largest.width * largest.height))
      largest = size
    at = bytes.indexOf(mediaBox, at + mediaBox.length)
  }
  return largest
}

/** A rectangle by two corners, in any order (PDF 32000-1, 7.9.5). */
function sizeOf(text: string): PageSize | null {
  const number = String.raw`\s*(-?\d*\.?\d+)`
  const box = new RegExp(String.raw`^\s*\[${number}${number}${number}${number}\s*\]`).exec(text)
  if (box === null) return null
  const [left = 0, bottom = 0, right = 0, top = 0] = box.slice(1).map(Number)
  const [width, height] = [Math.abs(right - left), Math.abs(top - bottom)]
  return width > 0 && height > 0 ? { width, height } : null
}
