const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const openBrace = 0x7b
const closeBrace = 0x7d
const openBracket = 0x5b
const closeBracket = 0x5d

/** The depth inside `{"requests": […`. */
const listDepth = 2

/** Longer than the one key that is looked for. */
const maxKeyBytes = 64

/** The parts of a create call, piece by piece. */
export type BodyPart =
  /** One element of the list `requests`, as it was written, and how deep it is nested. */
  | { readonly kind: 'request'; readonly text: string; readonly depth: number }
  /** Everything around the elements: whether this is JSON shows whether the whole was, but for commas. */
  | { readonly kind: 'rest'; readonly text: string }

/** The requests of `{"requests": […]}`, cut while it arrives, so that 256 MB of them need no memory. */
export async function* splitRequests(
  source: AsyncIterable<Buffer>,
): AsyncGenerator<BodyPart, void, undefined> {
  let depth = 0
  let deepest = 0
  let inString = false
  let escaped = false
  let inList = false
  let key: Buffer[] = []
  let element: Buffer[] = []
  let hasElement = false
  const rest: Buffer[] = []

  const requestPart = (): BodyPart => {
    const text = Buffer.concat(element).toString('utf8').trim()
    const part: BodyPart = { kind: 'request', text, depth: deepest - listDepth }
    element = []
    hasElement = false
    deepest = listDepth
    return part
  }

  for await (const chunk of source) {
    let start = 0
    const keep = (end: number): void => {
      if (end > start) (inList ? element : rest).push(chunk.subarray(start, end))
      start = end
    }
    for (let i = 0; i < chunk.length; i += 1) {
      const byte = chunk[i]
      if (inString) {
        const { end, openEscape } = stringEnd(chunk, i, escaped)
        if (depth === 1) key.push(chunk.subarray(i, Math.min(end, i + maxKeyBytes)))
        escaped = openEscape
        inString = end === chunk.length
        i = end
        continue
      }
      if (byte === undefined || byte <= 0x20) continue
      if (byte === quote) {
        inString = true
        key = []
        hasElement ||= inList
      } else if (byte === openBrace || byte === openBracket) {
        depth += 1
        deepest = Math.max(deepest, depth)
        const isList = byte === openBracket && depth === listDepth && !inList
        if (isList && Buffer.concat(key).toString('utf8') === 'requests') {
          keep(i + 1)
          inList = true
        } else hasElement ||= inList
      } else if (byte === closeBrace || byte === closeBracket) {
        if (inList && depth === listDepth) {
          keep(i)
          inList = false
          if (hasElement) yield requestPart()
          element = []
        }
        depth -= 1
      } else if (byte === comma && inList && depth === listDepth) {
        keep(i)
        yield requestPart()
        start = i + 1
      } else hasElement ||= inList
    }
    keep(chunk.length)
  }
  yield { kind: 'rest', text: Buffer.concat(rest).toString('utf8') }
}

/** The place of the quote that ends a string, the end of the chunk where it goes on; whether an escape is open there. */
function stringEnd(
  chunk: Buffer,
  from: number,
  escaped: boolean,
): { readonly end: number; readonly openEscape: boolean } {
  let at = escaped ? from + 1 : from
  while (true) {
    const found = chunk.indexOf(quote, at)
    const end = found === -1 ? chunk.length : found
    let backslashes = 0
    while (end - backslashes > at && chunk[end - backslashes - 1] === backslash) backslashes += 1
    const odd = backslashes % 2 === 1
    if (found === -1 || !odd) return { end, openEscape: found === -1 && odd }
    at = found + 1
  }
}
