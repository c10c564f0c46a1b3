import { inflateSync } from 'node:zlib'

const MAX_STREAMS = 64
const MAX_TEXT_CHARS = 8000

/** Text of attached PDF files, as far as it can be read without a PDF library; `''` when there is none. */
export function attachedText(files: readonly string[]): string {
  let text = ''
  for (const file of files) {
    const base64 = file.slice(file.indexOf(',') + 1)
    if (base64 === '') continue
    text += pdfText(Buffer.from(base64, 'base64'))
    if (text.length >= MAX_TEXT_CHARS) break
  }
  return text.slice(0, MAX_TEXT_CHARS)
}

/** Collects the strings that page streams show with `Tj` and `TJ` (PDF 32000-1, 9.4.3). */
export function pdfText(pdf: Buffer): string {
  const raw = pdf.toString('latin1')
  let text = ''
  let at = 0
  for (let count = 0; count < MAX_STREAMS && text.length < MAX_TEXT_CHARS; count += 1) {
    const start = raw.indexOf('stream', at)
    const end = raw.indexOf('endstream', start + 6)
    if (start === -1 || end === -1) break
    const dataStart = raw[start + 6] === '\r' ? start + 8 : start + 7
    text += shownText(inflated(pdf.subarray(dataStart, end)))
    at = end + 9
  }
  return text.trim()
}

function inflated(bytes: Buffer): string {
  try {
    return inflateSync(bytes).toString('latin1')
  } catch {
    return bytes.toString('latin1')
  }
}

const SHOW =
  /\[((?:\((?:\\.|[^\\)])*\)|[^\]()])*)\]\s*TJ|\(((?:\\.|[^\\)])*)\)\s*(?:Tj|'|")|T\*|\bT[dD]\b|\bET\b/g
const LITERAL = /\(((?:\\.|[^\\)])*)\)/g

function shownText(content: string): string {
  if (!content.includes('Tj') && !content.includes('TJ')) return ''
  let text = ''
  for (const match of content.matchAll(SHOW)) {
    if (match[1] !== undefined) {
      for (const literal of match[1].matchAll(LITERAL)) text += unescapeLiteral(literal[1] ?? '')
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
