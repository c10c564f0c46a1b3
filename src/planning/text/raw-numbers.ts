import { isNumberAsText } from './exact-numbers.ts'

/**
 * A value of JSON for a sink in which each text that is a number which no JavaScript number holds is that number again,
 * with every digit: what sources give of JSON has such numbers as texts. A text that was one before (`"id_str"`) becomes a
 * number as well: give it the part of which all such texts are numbers. Throws for a value that holds itself.
 */
export function exactNumbers(value: unknown): unknown {
  if (typeof value === 'string') return isNumberAsText(value) ? rawNumber(value) : value
  if (Array.isArray(value)) return value.map(exactNumbers)
  if (typeof value !== 'object' || value === null || !isPlain(value) || isRawNumber(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, exactNumbers(item)]))
}

/** Whether a value is of `JSON.rawJSON`, which `JSON.stringify` writes as it is (ECMAScript 2026; Node.js 21). */
export function isRawNumber(value: object): value is { readonly rawJSON: string } {
  // A null prototype and this one field are what they have; anything may look so, and only the engine knows.
  return (
    Object.getPrototypeOf(value) === null &&
    Object.hasOwn(value, 'rawJSON') &&
    ask('isRawJSON', value) === true
  )
}

/** A number by its text, for `JSON.stringify`. */
export function rawNumber(text: string): unknown {
  return ask('rawJSON', text)
}

function ask(name: 'rawJSON' | 'isRawJSON', value: unknown): unknown {
  const found: unknown = Reflect.get(JSON, name)
  return typeof found === 'function' ? Reflect.apply(found, JSON, [value]) : undefined
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
