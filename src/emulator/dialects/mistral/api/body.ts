import { type JsonObject, isObject, isTooDeep, parseJson } from '../../../core/json.ts'
import { invalid } from '../errors.ts'

/** The body of a call. Throws a 422 for what is no JSON object. */
export function readBody(text: string): JsonObject {
  const value = isTooDeep(text) ? undefined : parseJson(text)
  if (value === undefined)
    throw invalid({ type: 'json_invalid', loc: ['body', 0], msg: 'JSON decode error', input: {} })
  if (!isObject(value))
    throw invalid({
      type: 'model_attributes_type',
      loc: ['body'],
      msg: 'Input should be a valid dictionary',
      input: value,
    })
  return value
}
