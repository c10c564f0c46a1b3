import type { ErrorFields } from '../../../core/errors.ts'
import type { JsonObject } from '../../../core/json.ts'
import type { Model } from '../models.ts'
import type { Shape } from './field-errors.ts'
import { formError, toolsError } from './form-check.ts'
import { parameterError } from './parameter-check.ts'
import type { Prompt } from '../../../core/answers/prompt.ts'
import { turnsError } from './turns-check.ts'

/** Longest answer the request allows. */
export function outputLimit(body: JsonObject, model: Pick<Model, 'maxOutputTokens'>): number {
  const limit = body['max_completion_tokens'] ?? body['max_tokens'] ?? body['max_output_tokens']
  return typeof limit === 'number' ? limit : model.maxOutputTokens
}

/** The 400 that the model API gives for this request, or `null`. */
export function requestError(
  body: JsonObject,
  shape: Shape,
  model: Model,
  prompt: Prompt,
): ErrorFields | null {
  return (
    turnsError(body, shape) ??
    parameterError(body, shape, model) ??
    formError(body, shape) ??
    toolsError(body, shape) ??
    contextError(body, shape, model, prompt)
  )
}

function contextError(body: JsonObject, shape: Shape, model: Model, prompt: Prompt): ErrorFields | null {
  const window = model.contextTokens
  const param = shape === 'chat' ? 'messages' : 'input'
  if (prompt.tokens > window) return contextLengthError(param, window, prompt.tokens)
  // What is to be written has to fit in as well, where the request says how much.
  const completion = body['max_completion_tokens'] ?? body['max_tokens']
  if (typeof completion !== 'number' || prompt.tokens + completion <= window) return null
  return {
    message: `This model's maximum context length is ${window} tokens. However, you requested ${prompt.tokens + completion} tokens (${prompt.tokens} in the messages, ${completion} in the completion). Please reduce the length of the messages or completion.`,
    param,
    code: 'context_length_exceeded',
  }
}

export function contextLengthError(param: string, window: number, tokens: number): ErrorFields {
  return {
    message: `This model's maximum context length is ${window} tokens. However, your messages resulted in ${tokens} tokens. Please reduce the length of the messages.`,
    param,
    code: 'context_length_exceeded',
  }
}
