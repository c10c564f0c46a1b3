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

/** What a create call holds, piece by piece. */
export type BodyPart =
  /** One element of the list `requests`, as it was written. */
  | { readonly kind: 'request'; readonly text: string }
  /** Everything around the elements: whether this is JSON shows whether the whole was, but for commas. */
  | { readonly kind: 'rest'; readonly text: string }

/** Cuts `{"requests": […]}` into its requests while it arrives, so that 256 MB of them need no memory. */
export async function* splitRequests(
  source: AsyncIterable<Buffer>,
): AsyncGenerator<BodyPart, void, undefined> {
  let depth = 0
  let inString = false
  let escaped = false
  let inList = false
  let key = ''
  let keyBytes: number[] = []
  let element: Buffer[] = []
  let hasElement = false
  const rest: Buffer[] = []

  const requestPart = (): BodyPart => {
    const text = Buffer.concat(element).toString('utf8').trim()
    element = []
    hasElement = false
    return { kind: 'request', text }
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
        if (escaped) escaped = false
        else if (byte === backslash) escaped = true
        else if (byte === quote) {
          inString = false
          if (depth === 1) key = Buffer.from(keyBytes).toString('utf8')
        }
        if (depth === 1 && byte !== undefined && keyBytes.length < maxKeyBytes) keyBytes.push(byte)
        continue
      }
      if (byte === undefined || byte <= 0x20) continue
      if (byte === quote) {
        inString = true
        keyBytes = []
        hasElement ||= inList
      } else if (byte === openBrace || byte === openBracket) {
        depth += 1
        if (byte === openBracket && depth === listDepth && key === 'requests' && !inList) {
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
