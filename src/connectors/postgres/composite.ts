/**
 * The fields of a composite value from PostgreSQL's text of it, `(a,"b ""c""",,"")`: an empty one is null, a quoted
 * empty one an empty text (PostgreSQL documentation, 8.16.6). The text as it is when the fields are others, as after an
 * `alter type` under way.
 */
export function parseComposite(
  text: string,
  fields: readonly (readonly [name: string, type: number])[],
  decode: (type: number, text: string) => unknown,
): unknown {
  const values = parts(text)
  if (values === null || (values.length !== fields.length && fields.length > 0)) return text
  const entries = fields.map(([name, type], index) => {
    const value = values[index] ?? null
    return [name, value === null ? null : decode(type, value)] as const
  })
  return Object.fromEntries(entries)
}

function parts(text: string): readonly (string | null)[] | null {
  if (!text.startsWith('(') || !text.endsWith(')')) return null
  const values: (string | null)[] = []
  let value: string | null = null
  let quoted = false
  for (let at = 1; at < text.length; at += 1) {
    const character = text.charAt(at)
    if (quoted) {
      if (character === '\\' || (character === '"' && text.charAt(at + 1) === '"'))
        value = (value ?? '') + text.charAt(++at)
      else if (character === '"') quoted = false
      else value = (value ?? '') + character
    } else if (character === '"') {
      quoted = true
      value ??= ''
    } else if (character === ',' || (character === ')' && at === text.length - 1)) {
      values.push(value)
      value = null
    } else value = (value ?? '') + character
  }
  return values
}
