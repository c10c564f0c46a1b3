import { inflateSync } from 'node:zlib'

const maxStreams = 64
const maxTextChars = 8000

/** Text and number of pages of one attached file; a file that is no PDF counts as one page. */
export interface Attachment {
  readonly text: string
  readonly pages: number
}

export function readAttachment(file: string): Attachment {
  const pdf = Buffer.from(file.slice(file.indexOf(',') + 1), 'base64')
  return { text: pdfText(pdf), pages: pdfPages(pdf) }
}

const pageObject = /\/Type\s*\/Page(?![A-Za-z])/g

/** Counts the page objects of a PDF, plain or packed into object streams (PDF 32000-1, 7.5.7). */
function pdfPages(pdf: Buffer): number {
  const plain = pdf.toString('latin1')
  let pages = plain.match(pageObject)?.length ?? 0
  for (let at = plain.indexOf('/ObjStm'); at !== -1; at = plain.indexOf('/ObjStm', at + 1)) {
    const start = plain.indexOf('stream', at)
    const end = plain.indexOf('endstream', start + 6)
    if (start === -1 || end === -1) break
    const data = plain[start + 6] === '\r' ? start + 8 : start + 7
    pages += inflated(pdf.subarray(data, end)).match(pageObject)?.length ?? 0
  }
  return Math.max(1, pages)
}

/** Text of attached PDF files, as far as it can be read without a PDF library; `''` when there is none. */
export function attachedText(files: readonly string[]): string {
  let text = ''
  for (const file of files) {
    const base64 = file.slice(file.indexOf(',') + 1)
    if (base64 === '') continue
    text += pdfText(Buffer.from(base64, 'base64'))
    if (text.length >= maxTextChars) break
  }
  return text.slice(0, maxTextChars)
}

/** The strings that page streams show with `Tj` and `TJ` (PDF 32000-1, 9.4.3). */
export function pdfText(pdf: Buffer): string {
  let text = ''
  for (const shown of shownTexts(pdf, maxStreams)) {
    text += shown
    if (text.length >= maxTextChars) break
  }
  return text.trim()
}

/** The text of each page of the attached files; `''` for a page whose text cannot be read without a PDF library. */
export function attachedPages(files: readonly string[]): readonly string[] {
  return files.flatMap((file) => {
    const pdf = Buffer.from(file.slice(file.indexOf(',') + 1), 'base64')
    const texts = shownTexts(pdf, Infinity)
    return Array.from({ length: pdfPages(pdf) }, () => {
      const text = texts.next().value?.trim() ?? ''
      return glyphNumbers.test(text) ? '' : text
    })
  })
}

/** What embedded fonts show are numbers of glyphs, which only their tables can make letters of. */
// oxlint-disable-next-line no-control-regex
const glyphNumbers = /[\u0000-\u0008\u000e-\u001f]/

/** The texts of the streams that show any: in plain files one for each page, in order. */
function* shownTexts(pdf: Buffer, maxStreams: number): Generator<string, undefined> {
  const raw = pdf.toString('latin1')
  let at = 0
  for (let count = 0; count < maxStreams; count += 1) {
    const start = raw.indexOf('stream', at)
    const end = raw.indexOf('endstream', start + 6)
    if (start === -1 || end === -1) return
    const dataStart = raw[start + 6] === '\r' ? start + 8 : start + 7
    const text = shownText(inflated(pdf.subarray(dataStart, end)))
    if (text !== '') yield text
    at = end + 9
  }
}

function inflated(bytes: Buffer): string {
  try {
    return inflateSync(bytes).toString('latin1')
  } catch {
    return bytes.toString('latin1')
  }
}

const showOperator =
  /\[((?:\((?:\\.|[^\\)])*\)|[^\]()])*)\]\s*TJ|\(((?:\\.|[^\\)])*)\)\s*(?:Tj|'|")|T\*|\bT[dD]\b|\bET\b/g
const literalPattern = /\(((?:\\.|[^\\)])*)\)/g

function shownText(content: string): string {
  if (!content.includes('Tj') && !content.includes('TJ')) return ''
  let text = ''
  for (const match of content.matchAll(showOperator)) {
    if (match[1] !== undefined) {
      for (const literal of match[1].matchAll(literalPattern)) text += unescapeLiteral(literal[1] ?? '')
    } else if (match[2] === undefined) {
      text += text.endsWith('\n') || text === '' ? '' : match[0] === 'ET' ? '\n' : ' '
    } else {
      text += unescapeLiteral(match[2])
    }
  }
  return `${text}\n`
}

function unescapeLiteral(literal: string): string {
  return literal
    .replaceAll(/\\([0-7]{1,3})/g, (_match, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
    .replaceAll(/\\([nrt])/g, ' ')
    .replaceAll(/\\(.)/g, '$1')
}
