/**
 * The strings and operators of a content stream in their order (PDF 32000-1, 7.3 and 7.8.2); a name is that of the
 * operator's operand. Broken streams are read to their end: text is then found where there is none, never the other way.
 */
export interface ContentHandler {
  readonly string: (bytes: Uint8Array) => void
  /** An operator, and the last name in front of it. */
  readonly operator: (operator: string, name: string) => void
}

export function readContent(bytes: Buffer, handler: ContentHandler): void {
  let name = ''
  let at = 0
  while (at < bytes.length) {
    const byte = bytes[at] ?? 0
    if (byte === paren) at = literal(bytes, at + 1, handler)
    else if (byte === less && bytes[at + 1] !== less) at = hexadecimal(bytes, at + 1, handler)
    else if (byte === percent) at = lineEnd(bytes, at)
    else if (byte === slash) {
      const end = wordEnd(bytes, at + 1)
      name = nameOf(bytes.toString('latin1', at + 1, end))
      at = end
    } else if (isDelimiter[byte] === 1) at += 1
    else {
      const end = wordEnd(bytes, at)
      const isNumber = byte <= digitNine
      const word = isNumber || end - at > longestOperator ? '' : bytes.toString('latin1', at, end)
      at = end
      if (word === 'ID') at = pictureEnd(bytes, at)
      else if (word !== '') handler.operator(word, name)
    }
  }
}

const [paren, close, less, greater, percent, slash, backslash] = Buffer.from('()<>%/\\')
const digitNine = 0x39
const longestOperator = 3

/** White space and delimiters, which end a word. */
const isDelimiter = new Uint8Array(256)
for (const byte of Buffer.from('\0\t\n\f\r ()<>[]{}/%', 'latin1')) isDelimiter[byte] = 1

function wordEnd(bytes: Buffer, start: number): number {
  let at = start
  while (at < bytes.length && isDelimiter[bytes[at] ?? 0] === 0) at += 1
  return at
}

function lineEnd(bytes: Buffer, start: number): number {
  let at = start
  while (at < bytes.length && bytes[at] !== 0x0a && bytes[at] !== 0x0d) at += 1
  return at
}

function nameOf(text: string): string {
  if (!text.includes('#')) return text
  return text.replaceAll(/#([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
}

const escaped: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, b: 8, f: 12 }

/** `(text \(more\) (nested))` from behind its first parenthesis; the place behind its last. */
function literal(bytes: Buffer, start: number, { string }: ContentHandler): number {
  const found: number[] = []
  let depth = 1
  let at = start
  for (; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0
    if (byte === backslash) {
      const octal = /^[0-7]{1,3}/.exec(bytes.toString('latin1', at + 1, at + 4))?.[0]
      const next = bytes[at + 1] ?? 0
      if (octal !== undefined) found.push(Number.parseInt(octal, 8) & 0xff)
      else if (next !== 0x0a && next !== 0x0d) found.push(escaped[String.fromCharCode(next)] ?? next)
      at += octal?.length ?? 1
    } else {
      if (byte === paren) depth += 1
      if (byte === close) depth -= 1
      if (depth === 0) break
      found.push(byte)
    }
  }
  string(Uint8Array.from(found))
  return at + 1
}

/** `<48656C6C6F>` from behind its first bracket; a digit that is missing is 0. */
function hexadecimal(bytes: Buffer, start: number, { string }: ContentHandler): number {
  const end = bytes.indexOf('>', start)
  const stop = end === -1 ? bytes.length : end
  const digits = bytes.toString('latin1', start, stop).replaceAll(/[^0-9a-f]/gi, '')
  string(Buffer.from(digits.length % 2 === 0 ? digits : `${digits}0`, 'hex'))
  return bytes[stop] === greater ? stop + 1 : stop
}

/** Behind the `EI` that ends a picture in the stream, at the latest: what looks like it may stand inside. */
function pictureEnd(bytes: Buffer, start: number): number {
  for (let at = bytes.indexOf('EI', start); at !== -1; at = bytes.indexOf('EI', at + 2)) {
    const isAlone = isDelimiter[bytes[at - 1] ?? 0] === 1 && isDelimiter[bytes[at + 2] ?? 0] === 1
    if (isAlone) return at + 2
  }
  return bytes.length
}
