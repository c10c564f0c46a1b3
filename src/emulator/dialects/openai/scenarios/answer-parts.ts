import { type Json, type JsonObject, isArray, isObject, textIn } from '../../../core/json.ts'
import type { TokenUsage } from '../../../core/records.ts'

/** The text of an answer of any endpoint; `''` where it has none. */
export function answerText(body: JsonObject): string {
  const choice = first(body['choices'])
  if (choice !== null) return textIn(choice['message'], 'content')
  const parts = items(body['output']).flatMap((item) => items(item['content']))
  return parts.map((part) => textIn(part, 'text')).join('')
}

/** The tokens that an answer of any endpoint says it used. */
export function usageOf(body: JsonObject): TokenUsage {
  const { usage } = body
  const count = (...names: readonly string[]): number => {
    for (const name of names) {
      const value = isObject(usage) ? usage[name] : undefined
      if (typeof value === 'number') return value
    }
    return 0
  }
  return {
    inputTokens: count('prompt_tokens', 'input_tokens'),
    outputTokens: count('completion_tokens', 'output_tokens'),
  }
}

export function items(value: Json | undefined): readonly JsonObject[] {
  return isArray(value) ? value.filter((item) => isObject(item)) : []
}

function first(value: Json | undefined): JsonObject | null {
  return items(value)[0] ?? null
}

/** The body of an answered line; `null` for a line without an answer. */
export function answerBody(result: JsonObject): JsonObject | null {
  const { response } = result
  if (!isObject(response) || response['status_code'] !== 200) return null
  return isObject(response['body']) ? response['body'] : null
}

export function withBody(result: JsonObject, body: Json | undefined): JsonObject {
  const { response } = result
  return isObject(response) ? { ...result, response: { ...response, body } } : result
}
