import type { ErrorFields } from '../../../core/errors.ts'
import { type Json, typeName } from '../../../core/json.ts'

/** The two endpoints that answer in words. */
export type Shape = 'chat' | 'responses'

export function wrongType(name: string, expected: string, value: Json | undefined): ErrorFields {
  return {
    message: `Invalid type for '${name}': expected ${expected}, but got ${typeName(value)} instead.`,
    param: name,
    code: 'invalid_type',
  }
}

export function missing(param: string): ErrorFields {
  return { message: `Missing required parameter: '${param}'.`, param, code: 'missing_required_parameter' }
}

export function tooSmall(name: string, min: number, given: number): ErrorFields {
  return {
    message: `Invalid '${name}': integer below minimum value. Expected a value >= ${min}, but got ${given} instead.`,
    param: name,
    code: 'integer_below_min_value',
  }
}
