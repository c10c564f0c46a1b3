import type { ErrorFields } from '../../../core/errors.ts'
import { type Json, type JsonObject, isArray, isObject, shown } from '../../../core/json.ts'
import { type Shape, missing, wrongType } from './field-errors.ts'

/** The problem of a request's messages, or `null`. */
export function turnsError(body: JsonObject, shape: Shape): ErrorFields | null {
  if (shape === 'responses') {
    const { input } = body
    if (typeof input === 'string' || isArray(input)) return null
    return input === undefined ? missing('input') : wrongType('input', 'a string or an array', input)
  }
  const { messages } = body
  if (messages === undefined || messages === null) {
    return missing('messages')
  }
  if (!isArray(messages)) return wrongType('messages', 'an array of objects', messages)
  if (messages.length === 0) {
    return {
      message: `Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.`,
      param: 'messages',
      code: 'empty_array',
    }
  }
  return firstMessageError(messages)
}

const knownRoles: readonly unknown[] = ['system', 'assistant', 'user', 'function', 'tool', 'developer']

function firstMessageError(messages: readonly Json[]): ErrorFields | null {
  for (const [index, message] of messages.entries()) {
    if (!isObject(message)) return wrongType(`messages[${index}]`, 'an object', message)
    if (!knownRoles.includes(message['role'])) {
      return {
        message: `Invalid value: '${shown(message['role'])}'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'.`,
        param: `messages[${index}].role`,
        code: 'invalid_value',
      }
    }
    const { content } = message
    if (typeof content === 'string' || isArray(content)) continue
    if (message['role'] === 'assistant' && (content === null || content === undefined)) continue
    return wrongType(`messages[${index}].content`, 'a string', content)
  }
  return null
}
