import { parseExactJson } from '../../../format/exact-json.ts'

/** One field of two answers; null: this answer does not have it. */
export interface AlignedField {
  /** `seo.title`, `pages[0].text`. */
  readonly name: string
  readonly a: string | null
  readonly b: string | null
  /** Numbers and the like: they differ as a whole, and not word by word. */
  readonly whole: boolean
}

/** Beyond so many, fields are no help any more. */
const mostFields = 300

/** Deeper than that, an answer is shown as it is. */
const mostLevels = 20

/** Both answers field by field, when both are JSON objects or lists; null: they are prose, or no help that way. */
export function alignedFields(a: string, b: string): readonly AlignedField[] | null {
  const [one, two] = [leavesOf(a), leavesOf(b)]
  if (one === null || two === null) return null
  const names = [...new Set([...one.keys(), ...two.keys()])]
  if (names.length > mostFields) return null
  return names.map((name) => {
    const [of, against] = [one.get(name), two.get(name)]
    return {
      name,
      a: of?.text ?? null,
      b: against?.text ?? null,
      whole: of?.plain === true || against?.plain === true,
    }
  })
}

interface Leaf {
  readonly text: string
  readonly plain: boolean
}

function leavesOf(text: string): ReadonlyMap<string, Leaf> | null {
  const value = parsed(text)
  if (typeof value !== 'object' || value === null) return null
  const leaves = new Map<string, Leaf>()
  return collect(leaves, '', value, mostLevels) ? leaves : null
}

function parsed(text: string): unknown {
  try {
    const value: unknown = parseExactJson(text)
    return value
  } catch {
    return null
  }
}

/** A list of plain values is one field with a line for each: so that one more does not shift all others. */
function collect(leaves: Map<string, Leaf>, name: string, value: unknown, levels: number): boolean {
  if (leaves.size > mostFields || levels === 0) return false
  if (!isNested(value)) {
    leaves.set(name, { text: String(value), plain: typeof value !== 'string' })
    return true
  }
  if (Array.isArray(value) && !value.some(isNested)) {
    leaves.set(name === '' ? 'all' : name, { text: value.map(String).join('\n'), plain: false })
    return true
  }
  const nameOf = (inner: string): string =>
    Array.isArray(value) ? `${name}[${inner}]` : name === '' ? inner : `${name}.${inner}`
  return Object.entries(value).every(([inner, part]) => collect(leaves, nameOf(inner), part, levels - 1))
}

function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
