import type { PDFDict } from '@cantoo/pdf-lib'
import { readCodeMap } from './code-map.ts'
import type { PdfObjects } from './objects.ts'

/** The bytes of UTF-8 that a string shown in a font stands for, at most. */
export type FontMeasure = (codes: Uint8Array) => number

/** No character of one code has more, where nothing says what it is. */
const mostForCode = 4

/** The measure of a font that is not known: each byte may be a character of its own. */
export const unknownFont: FontMeasure = (codes) => codes.length * mostForCode

/** By the font's own map to Unicode, else by its encoding (PDF 32000-1, 9.6 and 9.7). */
export function measureOf(font: PDFDict, objects: PdfObjects): FontMeasure {
  const mapStream = objects.stream(objects.get(font, 'ToUnicode'))
  const map = mapStream && readCodeMap(objects.bytes(mapStream).toString('latin1'))
  const encoding = objects.get(font, 'Encoding')
  if (objects.name(objects.get(font, 'Subtype')) !== 'Type0') {
    const own = simpleCodes(font, objects)
    return (codes) => codes.reduce((sum, code) => sum + (map?.get(code) ?? own[code] ?? mostForCode), 0)
  }
  // Other encodings mix codes of different lengths: none of them has more bytes than that.
  const isWide = /^(?:Identity|Uni\w*-(?:UCS2|UTF16))-/.test(objects.name(encoding) ?? '')
  if (!isWide) return unknownFont
  return (codes) => {
    let bytes = codes.length % 2 === 0 ? 0 : mostForCode
    for (let at = 0; at + 1 < codes.length; at += 2)
      bytes += map?.get(((codes[at] ?? 0) << 8) | (codes[at + 1] ?? 0)) ?? mostForCode
    return bytes
  }
}

/** The bytes of each of 256 codes: the letters of ASCII have one, where the font has its letters in their places. */
function simpleCodes(font: PDFDict, objects: PdfObjects): readonly number[] {
  const encoding = objects.get(font, 'Encoding')
  const named = objects.name(encoding) ?? objects.name(objects.get(objects.dict(encoding), 'BaseEncoding'))
  const isLatin =
    /^(?:WinAnsi|MacRoman|Standard)Encoding$/.test(named ?? '') ||
    (objects.get(font, 'FontDescriptor') === undefined && !isSymbols(font, objects))
  const codes = Array.from<unknown, number>({ length: 256 }, (_, code) =>
    isLatin && isAscii(code) ? 1 : mostForCode,
  )
  let code = 0
  for (const item of objects.list(objects.get(objects.dict(encoding), 'Differences'))) {
    const name = objects.name(item)
    if (name === undefined) code = objects.number(item) ?? code
    else codes[code++] = bytesOfGlyph(name)
  }
  return codes
}

/** Of the fonts that every reader has, those that have other signs in the places of letters. */
function isSymbols(font: PDFDict, objects: PdfObjects): boolean {
  return /Symbol|Dingbats/.test(objects.name(objects.get(font, 'BaseFont')) ?? '')
}

/** The quotes of ASCII are curved ones in some encodings. */
function isAscii(code: number): boolean {
  return code >= 0x20 && code < 0x7f && code !== 0x27 && code !== 0x60
}

const asciiNames = new Set(
  'space exclam quotedbl numbersign dollar percent ampersand parenleft parenright asterisk plus comma hyphen period slash zero one two three four five six seven eight nine colon semicolon less equal greater question at bracketleft backslash bracketright asciicircum underscore braceleft bar braceright asciitilde'.split(
    ' ',
  ),
)

/** By the Adobe Glyph List: `A`, `comma`, `f_f_i`, `uni00410042`. */
function bytesOfGlyph(name: string): number {
  if (name.length === 1 || asciiNames.has(name)) return 1
  return (
    mostForCode * Math.ceil(Math.max(name.split('_').length, name.startsWith('uni') ? name.length / 4 : 1))
  )
}
