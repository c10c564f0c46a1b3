import type { ErrorFields } from '../../../core/errors.ts'
import type { JsonObject } from '../../../core/json.ts'
import type { Model } from '../models.ts'
import { type Shape, tooSmall, wrongType } from './field-errors.ts'

/** The problem of a request's parameters beside its messages and its form, or `null`. */
export function parameterError(body: JsonObject, shape: Shape, model: Model): ErrorFields | null {
  return (
    movedError(body, shape) ??
    limitError(body, model) ??
    temperatureError(body, model) ??
    reasoningError(body, model) ??
    (shape === 'chat' ? choicesError(body) : null)
  )
}

/** Parameters of chat that the Responses API calls otherwise, or does not have (its own words, as observed). */
const movedParameters: Readonly<Record<string, string | null>> = {
  max_tokens: 'max_output_tokens',
  max_completion_tokens: 'max_output_tokens',
  messages: 'input',
  response_format: 'text.format',
  n: null,
}

function movedError(body: JsonObject, shape: Shape): ErrorFields | null {
  if (shape === 'chat') return null
  for (const [param, place] of Object.entries(movedParameters)) {
    if (body[param] === undefined) continue
    return place === null
      ? { message: `Unknown parameter: '${param}'.`, param, code: 'unknown_parameter' }
      : {
          message: `Unsupported parameter: '${param}'. In the Responses API, this parameter has moved to '${place}'. Try again with the new parameter.`,
          param,
          code: 'unsupported_parameter',
        }
  }
  return null
}

/** OpenAI document, CreateResponse: `max_output_tokens` is at least 16. */
const minResponseTokens = 16

function limitError(body: JsonObject, model: Model): ErrorFields | null {
  if (isGiven(body, 'max_tokens') && isGiven(body, 'max_completion_tokens')) {
    return {
      message: "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
      param: 'max_tokens',
      code: 'invalid_parameter_combination',
    }
  }
  for (const name of ['max_tokens', 'max_completion_tokens', 'max_output_tokens']) {
    if (!isGiven(body, name)) continue
    const limit = body[name]
    if (name === 'max_tokens' && model.reasoning !== 'never') {
      return {
        message: `Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.`,
        param: name,
        code: 'unsupported_parameter',
      }
    }
    if (typeof limit !== 'number' || !Number.isInteger(limit)) return wrongType(name, 'an integer', limit)
    const min = name === 'max_output_tokens' ? minResponseTokens : 1
    if (limit < min) return tooSmall(name, min, limit)
    if (limit > model.maxOutputTokens) {
      return {
        message: `${name} is too large: ${limit}. This model supports at most ${model.maxOutputTokens} completion tokens, whereas you provided ${limit}.`,
        param: name,
        code: 'invalid_value',
      }
    }
  }
  return null
}

function isGiven(body: JsonObject, name: string): boolean {
  return body[name] !== undefined && body[name] !== null
}

const maxTemperature = 2

function temperatureError(body: JsonObject, model: Model): ErrorFields | null {
  const { temperature } = body
  if (temperature === undefined || temperature === null) return null
  if (typeof temperature !== 'number') return wrongType('temperature', 'a decimal', temperature)
  if (temperature < 0 || temperature > maxTemperature) {
    const side =
      temperature < 0 ? ['below minimum', '>= 0', 'below_min'] : ['above maximum', '<= 2', 'above_max']
    return {
      message: `Invalid 'temperature': decimal ${side[0]} value. Expected a value ${side[1]}, but got ${temperature} instead.`,
      param: 'temperature',
      code: `decimal_${side[2]}_value`,
    }
  }
  if (reasons(body, model) && temperature !== 1) {
    return {
      message: `Unsupported value: 'temperature' does not support ${temperature} with this model. Only the default (1) value is supported.`,
      param: 'temperature',
      code: 'unsupported_value',
    }
  }
  return null
}

/** What a model that reasons does not take, with the value that is the same as saying nothing. */
const notWithReasoning: Readonly<Record<string, number | boolean | null>> = {
  top_p: 1,
  presence_penalty: 0,
  frequency_penalty: 0,
  logprobs: false,
  top_logprobs: null,
  logit_bias: null,
}

/** OpenAI guide, Reasoning models and "GPT-5.2 parameter compatibility": these are refused unless the effort is none. */
function reasoningError(body: JsonObject, model: Model): ErrorFields | null {
  if (!reasons(body, model)) return null
  for (const [param, same] of Object.entries(notWithReasoning)) {
    if (!isGiven(body, param) || body[param] === same) continue
    return {
      message: `Unsupported parameter: '${param}' is not supported with this model.`,
      param,
      code: 'unsupported_parameter',
    }
  }
  return null
}

/** Newer models reason when they are asked to: their effort is none by default. */
function reasons(body: JsonObject, model: Model): boolean {
  if (model.reasoning !== 'when asked') return model.reasoning === 'always'
  const { reasoning } = body
  const effort =
    body['reasoning_effort'] ??
    (typeof reasoning === 'object' && reasoning !== null && 'effort' in reasoning
      ? reasoning['effort']
      : null)
  return typeof effort === 'string' && effort !== 'none'
}

/** OpenAI document, CreateChatCompletionRequest: `n` is 1 to 128. */
const maxChoices = 128

function choicesError(body: JsonObject): ErrorFields | null {
  const { n } = body
  if (n === undefined || n === null) return null
  if (typeof n !== 'number' || !Number.isInteger(n)) return wrongType('n', 'an integer', n)
  if (n < 1) return tooSmall('n', 1, n)
  if (n <= maxChoices) return null
  return {
    message: `Invalid 'n': integer above maximum value. Expected a value <= ${maxChoices}, but got ${n} instead.`,
    param: 'n',
    code: 'integer_above_max_value',
  }
}
