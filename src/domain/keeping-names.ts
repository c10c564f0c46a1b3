import { mapMaybe, type MaybePromise } from './maybe-promise.ts'
import type { StandardIssue, StandardResult, StandardSchema } from './standard-schema.ts'

const dropped = '__proto__'

/**
 * The result of a schema for a value, with nothing silently left out: fields called `__proto__` are in the output.
 * Libraries leave that name out of records and open objects without a word (zod, against pollution of prototypes);
 * where one does, it is asked again about the same value under another name. A schema that takes no other name, or
 * names that field itself, has an issue there, and so has one that makes one number of two keys of a record (`1` and
 * `1.0`) and keeps one of their values. Throws what the schema throws.
 */
export function validateKeepingNames<Output>(
  schema: StandardSchema<unknown, Output>,
  value: unknown,
): MaybePromise<StandardResult<Output>> {
  const validate = (given: unknown): MaybePromise<StandardResult<Output>> =>
    schema['~standard'].validate(given)
  const first = validate(value)
  if (!isSuspect(value)) return first
  const { held, hasOddNumber } = looked(value)
  return mapMaybe(first, (result) => {
    if (result.issues) return result
    const merged = hasOddNumber ? mergedKeys(value, result.value, []) : null
    if (merged !== null) return { issues: [merged] }
    if (held === 0 || looked(result.value).held >= held) return result
    const standIn = standInFor(value)
    return mapMaybe(
      validate(renamed(value, dropped, standIn)),
      (other): MaybePromise<StandardResult<Output>> => {
        if (other.issues) return leftOut
        const kept = restored(other.value, standIn)
        if (looked(kept).held >= held) return { value: kept }
        // It may be left out as any field that nothing asks for is, or it is named in the schema.
        if (isNamedIn(schema)) return leftOut
        return mapMaybe(validate(withSymbols(value)), ({ issues }) => (issues ? leftOut : { value: kept }))
      },
    )
  })
}

const leftOut = {
  issues: [
    { message: `a field "${dropped}" is left out by the library of this schema; give it another name` },
  ],
}

/** The same with a value in each field of that name that nobody takes who looks at it (as Valibot does). */
function withSymbols(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withSymbols)
  if (typeof value !== 'object' || value === null || !isPlain(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      name === dropped ? Symbol(dropped) : withSymbols(item),
    ]),
  )
}

/** Whether a schema names a field so, as far as its library says; zod does not look at the value of such a field. */
function isNamedIn(schema: StandardSchema): boolean {
  try {
    const options = { target: 'draft-2020-12', libraryOptions: { unrepresentable: 'any' } }
    return namesDropped(schema['~standard'].jsonSchema?.input(options))
  } catch {
    return false
  }
}

function namesDropped(json: unknown): boolean {
  if (Array.isArray(json)) return json.some(namesDropped)
  if (typeof json !== 'object' || json === null) return false
  return Object.entries(json).some(
    ([name, part]) =>
      (name === 'properties' && typeof part === 'object' && Object.hasOwn(Object(part), dropped)) ||
      namesDropped(part),
  )
}

/** Whether any name in a value may be left out: asked of each row and answer, so that nothing is made for it. */
function isSuspect(value: unknown): boolean {
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object' && isSuspect(item)) return true
    return false
  }
  if (!isNamed(value)) return false
  for (const name in value) {
    if (name === dropped || isOddNumber(name)) return true
    const item = value[name]
    if (typeof item === 'object' && isSuspect(item)) return true
  }
  return false
}

function isNamed(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && isPlain(value)
}

interface Looked {
  /** How many objects have a field of that name. */
  held: number
  /** Whether a key is a number in a form that is not the usual one. */
  hasOddNumber: boolean
}

function looked(value: unknown, found: Looked = { held: 0, hasOddNumber: false }): Looked {
  if (typeof value !== 'object' || value === null) return found
  if (Array.isArray(value)) for (const item of value) looked(item, found)
  else if (isPlain(value)) {
    if (Object.hasOwn(value, dropped)) found.held += 1
    for (const name of Object.keys(value)) {
      if (isOddNumber(name)) found.hasOddNumber = true
      const item: unknown = Reflect.get(value, name)
      if (typeof item === 'object') looked(item, found)
    }
  }
  return found
}

/** `1.0`, `01`, `-0`: its usual form is another text. */
function isOddNumber(name: string): boolean {
  const code = name.charCodeAt(0)
  return (
    (code === 0x2d || (code >= 0x30 && code <= 0x39)) &&
    String(Number(name)) !== name &&
    !Number.isNaN(Number(name))
  )
}

/** Two keys of a record of which one is left; null: there are none. */
function mergedKeys(given: unknown, kept: unknown, path: readonly PropertyKey[]): StandardIssue | null {
  if (!isContainer(given) || !isContainer(kept) || Array.isArray(given) !== Array.isArray(kept)) return null
  const usual = new Map<string, string>()
  for (const [name, item] of Object.entries(given)) {
    const number = Array.isArray(given) ? name : String(Number(name))
    const other = usual.get(number)
    if (other !== undefined && (!Object.hasOwn(kept, name) || !Object.hasOwn(kept, other)))
      return {
        path,
        message: `the keys "${other}" and "${name}" are one number, and one of their values would be lost`,
      }
    if (number !== 'NaN') usual.set(number, name)
    const below = mergedKeys(item, Reflect.get(kept, name), [...path, name])
    if (below !== null) return below
  }
  return null
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null && (Array.isArray(value) || isPlain(value))
}

/** Of a kind with the name, as schemas may ask something of names; one that the value does not have. */
function standInFor(value: unknown): string {
  const taken = new Set<string>()
  JSON.stringify(value, (name, item: unknown) => {
    taken.add(name)
    return typeof item === 'bigint' ? String(item) : item
  })
  let name = `${dropped}_`
  while (taken.has(name)) name += '_'
  return name
}

function renamed(value: unknown, from: string, to: string): unknown {
  if (Array.isArray(value)) return value.map((item) => renamed(item, from, to))
  if (typeof value !== 'object' || value === null || !isPlain(value)) return value
  // As entries: assigning `__proto__` would set the prototype.
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name === from ? to : name, renamed(item, from, to)]),
  )
}

/** The same with the name as it was, which changes nothing but it. */
function restored<Output>(value: Output, standIn: string): Output {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) for (const item of value) restored(item, standIn)
  else if (isPlain(value)) {
    const fields = Object.entries(value)
    for (const [, item] of fields) restored(item, standIn)
    if (!Object.hasOwn(value, standIn)) return value
    // In its place among the others.
    for (const [name] of fields) Reflect.deleteProperty(value, name)
    for (const [name, item] of fields)
      Object.defineProperty(value, name === standIn ? dropped : name, {
        value: item,
        configurable: true,
        enumerable: true,
        writable: true,
      })
  }
  return value
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
