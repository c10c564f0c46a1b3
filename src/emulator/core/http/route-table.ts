/** Path patterns, `*` for an id (`*:cancel` for one with a verb behind it), each with the calls that methods mean there. */
export type RouteTable = readonly (readonly [pattern: string, operations: Readonly<Record<string, string>>])[]

export type Match =
  | { readonly kind: 'route'; readonly operation: string; readonly id: string }
  | { readonly kind: 'wrong-method'; readonly allow: readonly string[] }
  | { readonly kind: 'unknown' }

/** The call that a method on a path means; `path` is without a leading slash. */
export function matchRoute(table: RouteTable, method: string, path: string): Match {
  const segments = path.split('/')
  for (const [pattern, operations] of table) {
    const id = matchPattern(pattern.split('/'), segments)
    if (id === null) continue
    const operation = Object.hasOwn(operations, method) ? operations[method] : undefined
    return operation === undefined
      ? { kind: 'wrong-method', allow: Object.keys(operations) }
      : { kind: 'route', operation, id }
  }
  return { kind: 'unknown' }
}

export function operationsOf(table: RouteTable): readonly string[] {
  return table.flatMap(([, operations]) => Object.values(operations))
}

/** The id in the path, `''` where the pattern has none, `null` where the path does not match. */
function matchPattern(pattern: readonly string[], segments: readonly string[]): string | null {
  if (pattern.length !== segments.length) return null
  let id = ''
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index] ?? ''
    if (!part.startsWith('*')) {
      if (part !== segment) return null
      continue
    }
    const verb = part.slice(1)
    if (segment.length === verb.length || !segment.endsWith(verb)) return null
    id = decode(segment.slice(0, segment.length - verb.length))
  }
  return id
}

/** Percent-decoding that leaves alone what is not well formed. */
export function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
