/** One field of two answers; null: this answer does not have it. */
export interface AlignedField {
  /** `seo.title`, `pages[0].text`. */
  readonly name: string
  readonly a: string | null
  readonly b: string | null
}

/** Beyond so many, fields are no help any more. */
const mostFields = 300

/** Both answers field by field, when both are JSON objects or lists; null: they are prose. */
export function alignedFields(a: string, b: string): readonly AlignedField[] | null {
  const [one, two] = [leavesOf(a), leavesOf(b)]
  if (one === null || two === null) return null
  const names = [...new Set([...one.keys(), ...two.keys()])]
  if (names.length > mostFields) return null
  return names.map((name) => ({ name, a: one.get(name) ?? null, b: two.get(name) ?? null }))
}

function leavesOf(text: string): ReadonlyMap<string, string> | null {
  const value = parsed(text)
  if (typeof value !== 'object' || value === null) return null
  const leaves = new Map<string, string>()
  collect(leaves, '', value)
  return leaves
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return value
  } catch {
    return null
  }
}

/** A list of plain values is one field with a line for each: so that one more does not shift all others. */
function collect(leaves: Map<string, string>, name: string, value: unknown): void {
  if (leaves.size > mostFields) return
  if (typeof value !== 'object' || value === null) leaves.set(name, plainText(value))
  else if (Array.isArray(value) && value.every((entry) => typeof entry !== 'object' || entry === null))
    leaves.set(name === '' ? 'all' : name, value.map(plainText).join('\n'))
  else
    for (const [inner, part] of Object.entries(value))
      collect(
        leaves,
        Array.isArray(value) ? `${name}[${inner}]` : name === '' ? inner : `${name}.${inner}`,
        part,
      )
}

function plainText(value: unknown): string {
  return typeof value === 'string' ? value : String(value)
}
