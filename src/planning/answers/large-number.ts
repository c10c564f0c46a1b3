import { issuePath, type StandardIssue } from '../../domain/standard-schema.ts'
import { isNumberAsText } from '../text/exact-numbers.ts'

/** A number in some data that is text, because a number would not hold it, and what a schema says of it. */
export interface LargeNumber {
  readonly path: readonly PropertyKey[]
  readonly text: string
}

/** The first of these issues that is about a number that `exactNumber` leaves a text; null: none is. */
export function largeNumberIn(value: unknown, issues: readonly StandardIssue[]): LargeNumber | null {
  for (const issue of issues) {
    const path = issuePath(issue)
    const found = path.reduce(inside, value)
    if (typeof found === 'string' && isNumberAsText(found)) return { path, text: found }
  }
  return null
}

/** Text that names the large number and its fix, to follow the words of the schema. */
export function largeNumberWords({ path, text }: LargeNumber): string {
  const name = path.length === 0 ? 'it' : path.map(String).join('.')
  const shown = text.length > mostShown ? `${text.slice(0, mostShown)}…` : text
  return `${name} is ${shown}, which no number holds to its last digit, so that it is text: take it as z.string(), or as z.coerce.number() where its last digits do not matter`
}

const mostShown = 60

/** The same data with another value at a place; what is not on the way there is shared. */
export function withValueAt(value: unknown, [name, ...rest]: readonly PropertyKey[], put: unknown): unknown {
  if (name === undefined) return put
  if (Array.isArray(value))
    return value.map((item: unknown, at) =>
      String(at) === String(name) ? withValueAt(item, rest, put) : item,
    )
  return { ...Object(value), [name]: withValueAt(inside(value, name), rest, put) }
}

function inside(value: unknown, name: PropertyKey): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined
}
