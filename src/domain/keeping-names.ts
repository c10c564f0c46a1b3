import { mapMaybe, type MaybePromise } from './maybe-promise.ts'
import type { StandardResult, StandardSchema } from './standard-schema.ts'

const dropped = '__proto__'

/**
 * What a schema says of a value, with fields that are called `__proto__` in what it gives. Libraries leave that name out of
 * records and open objects without a word (zod, against pollution of prototypes); where one does, it is asked again about
 * the same value under another name. A schema that takes no other name has an issue there. Throws what the schema throws.
 */
export function validateKeepingNames<Output>(
  schema: StandardSchema<unknown, Output>,
  value: unknown,
): MaybePromise<StandardResult<Output>> {
  const validate = (given: unknown): MaybePromise<StandardResult<Output>> =>
    schema['~standard'].validate(given)
  const first = validate(value)
  const held = places(value)
  if (held === 0) return first
  return mapMaybe(first, (result) => {
    if (result.issues || places(result.value) >= held) return result
    const standIn = standInFor(value)
    return mapMaybe(validate(renamed(value, dropped, standIn)), (other) =>
      other.issues
        ? {
            issues: [
              {
                message: `a field "${dropped}" is left out by the library of this schema; give it another name`,
              },
            ],
          }
        : { value: restored(other.value, standIn) },
    )
  })
}

/** How many objects of a value have a field of that name. */
function places(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  if (Array.isArray(value)) {
    let count = 0
    for (const item of value) if (typeof item === 'object') count += places(item)
    return count
  }
  if (!isPlain(value)) return 0
  let count = Object.hasOwn(value, dropped) ? 1 : 0
  for (const name of Object.keys(value)) {
    const item: unknown = Reflect.get(value, name)
    // What is inherited is not looked into: it is the value of `__proto__` only where that is a field.
    if (typeof item === 'object') count += places(item)
  }
  return count
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
