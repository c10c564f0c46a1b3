/**
 * The path of the first name that stands twice in one object of a JSON text (`topics.2.title`), null when none does: such
 * a text says two things of one field, and RFC 8259 (4) leaves open which of them counts. `value` is what the text was
 * parsed into; it may be nested as deep as `parseJson` lets it.
 */
export function repeatedName(text: string, value: unknown): string | null {
  // Colons behind a quote are as many as names, or a few more: a text may begin with one.
  return colonsBehindQuotes(text) === countNames(value) ? null : findRepeated(text)
}

function colonsBehindQuotes(text: string): number {
  let count = 0
  for (let at = text.indexOf(':'); at > 0; at = text.indexOf(':', at + 1)) {
    let before = at - 1
    while (isBlank(text.charCodeAt(before))) before -= 1
    if (text.charCodeAt(before) === quote && !isEscaped(text, before)) count += 1
  }
  return count
}

function isEscaped(text: string, at: number): boolean {
  let before = at - 1
  while (text.charCodeAt(before) === backslash) before -= 1
  return (at - before) % 2 === 0
}

const [quote, backslash, colon, comma] = [0x22, 0x5c, 0x3a, 0x2c]

/** White space of JSON (RFC 8259, 2). */
function isBlank(unit: number): boolean {
  return unit === 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09
}

function countNames(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  let count = 0
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object') count += countNames(item)
    return count
  }
  for (const name of Object.keys(value)) {
    count += 1
    const inner: unknown = Reflect.get(value, name)
    if (typeof inner === 'object') count += countNames(inner)
  }
  return count
}

/** An open list or object; `names` (null: a list) are those so far, `at` the name or index at hand. */
interface Level {
  readonly names: Set<string> | null
  at: string | number
}

/** Goes through the text, which is known to be JSON. */
function findRepeated(text: string): string | null {
  const levels: Level[] = []
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    const level = levels.at(-1)
    if (unit === 0x7b) levels.push({ names: new Set(), at: '' })
    else if (unit === 0x5b) levels.push({ names: null, at: 0 })
    else if (unit === 0x7d || unit === 0x5d) levels.pop()
    else if (unit === comma && typeof level?.at === 'number') level.at += 1
    else if (unit === quote) {
      const end = endOfText(text, at)
      if (level?.names && isName(text, end)) {
        level.at = String(JSON.parse(text.slice(at, end)))
        if (level.names.has(level.at)) return levels.map((open) => open.at).join('.')
        level.names.add(level.at)
      }
      at = end - 1
    }
  }
  return null
}

/** The place behind the closing quote of the text that begins here. */
function endOfText(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text.charCodeAt(at) !== quote) at += text.charCodeAt(at) === backslash ? 2 : 1
  return at + 1
}

function isName(text: string, end: number): boolean {
  let at = end
  while (isBlank(text.charCodeAt(at))) at += 1
  return text.charCodeAt(at) === colon
}
