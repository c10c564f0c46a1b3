/** A part of a document that somebody else wrote. */
export type Part = Readonly<Record<string, unknown>>

export function isPart(value: unknown): value is Part {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The object under a name; without one, an empty one. */
export function partOf(part: Part, name: string): Part {
  const value = part[name]
  return isPart(value) ? value : {}
}

export function textOf(part: Part, name: string): string | null {
  const value = part[name]
  return typeof value === 'string' ? value : null
}

export function listOf(part: Part, name: string): readonly unknown[] {
  const value: unknown = part[name]
  return Array.isArray(value) ? value : []
}
