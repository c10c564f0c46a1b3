import { type Json, type JsonObject, isObject } from '../../../core/json.ts'
import type { Detail } from '../errors.ts'

/** The details for names that an object does not have: every one of them is refused. */
export function extraFields(
  value: JsonObject,
  known: readonly string[],
  loc: Detail['loc'],
): readonly Detail[] {
  return Object.entries(value)
    .filter(([name]) => !known.includes(name))
    .map(([name, input]) => ({
      type: 'extra_forbidden',
      loc: [...loc, name],
      msg: 'Extra inputs are not permitted',
      input: input ?? null,
    }))
}

export function wrong(type: string, loc: Detail['loc'], msg: string, input: Json | undefined): Detail {
  return { type, loc, msg, input: input ?? null }
}

/** A number that must lie between two bounds, where it is given. */
export function rangeError(
  body: JsonObject,
  name: string,
  { min, max, whole = false }: { readonly min: number; readonly max: number; readonly whole?: boolean },
): Detail | null {
  const value = body[name]
  if (value === undefined || value === null) return null
  const loc = ['body', name]
  if (typeof value !== 'number') return wrong('float_type', loc, 'Input should be a valid number', value)
  if (whole && !Number.isInteger(value))
    return wrong(
      'int_from_float',
      loc,
      'Input should be a valid integer, got a number with a fractional part',
      value,
    )
  if (value < min)
    return wrong('greater_than_equal', loc, `Input should be greater than or equal to ${min}`, value)
  return value > max
    ? wrong('less_than_equal', loc, `Input should be less than or equal to ${max}`, value)
    : null
}

export function objectIn(value: Json | undefined, key: string): JsonObject | null {
  const field = isObject(value) ? value[key] : undefined
  return isObject(field) ? field : null
}
