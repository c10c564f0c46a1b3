import type { Prompt } from '../../../core/answers/prompt.ts'
import { type Json, type JsonObject, isArray, isObject, shown } from '../../../core/json.ts'
import type { Model } from '../models.ts'
import { configOf } from './answer-form.ts'
import { thinkingError } from './thinking.ts'

/**
 * The reason why a model refuses a request whose names are good, or `null`; wordings of the service where they were
 * seen.
 */
export function requestError(body: JsonObject, model: Model, prompt: Prompt): string | null {
  return (
    contentsError(body['contents']) ??
    configError(configOf(body), model) ??
    thinkingError(body, model) ??
    contextError(model, prompt)
  )
}

function contentsError(contents: Json | undefined): string | null {
  if (!isArray(contents) || contents.length === 0)
    return '* GenerateContentRequest.contents: contents is not specified\n'
  for (const [index, content] of contents.entries()) {
    if (!isObject(content)) continue
    const { role, parts } = content
    if (role !== undefined && role !== 'user' && role !== 'model')
      return 'Please use a valid role: user, model.'
    if (!isArray(parts) || parts.length === 0)
      return `* GenerateContentRequest.contents[${index}].parts: contents.parts must not be empty.\n`
  }
  return null
}

/** Gemini document, GenerationConfig. */
const maxTemperature = 2
const maxCandidates = 8
const maxStopSequences = 5

function configError(config: JsonObject, { maxOutputTokens }: Model): string | null {
  const { temperature, candidateCount, stopSequences, responseMimeType } = config
  const limit = config['maxOutputTokens']
  if (limit !== undefined && !isWhole(limit, 1, maxOutputTokens))
    return `Unable to submit request because it has a maxOutputTokens value of ${shown(limit)} but the supported range is from 1 (inclusive) to ${maxOutputTokens + 1} (exclusive). Update the value and try again.`
  if (temperature !== undefined && !isBetween(temperature, 0, maxTemperature))
    return '* GenerateContentRequest.generation_config.temperature: temperature must be in the range [0.0, 2.0].\n'
  if (candidateCount !== undefined && !isWhole(candidateCount, 1, maxCandidates))
    return `* GenerateContentRequest.generation_config.candidate_count: candidate_count must be in the range [1, ${maxCandidates}].\n`
  if (isArray(stopSequences) && stopSequences.length > maxStopSequences)
    return `* GenerateContentRequest.generation_config.stop_sequences: the number of stop sequences must not exceed ${maxStopSequences}.\n`
  const schema = ['responseSchema', 'responseJsonSchema'].filter((name) => config[name] !== undefined)
  if (schema.length > 1) return 'Only one of response_schema and response_json_schema can be set.'
  return schema.length === 1 && responseMimeType !== 'application/json'
    ? `* GenerateContentRequest.generation_config.response_schema: only allowed when \`response_mime_type\` is one of: 'application/json', 'text/x.enum'\n`
    : null
}

function isWhole(value: Json, min: number, max: number): boolean {
  return Number.isInteger(value) && isBetween(value, min, max)
}

function isBetween(value: Json, min: number, max: number): boolean {
  return typeof value === 'number' && value >= min && value <= max
}

function contextError({ contextTokens }: Model, { tokens }: Prompt): string | null {
  return tokens > contextTokens ? tooLong(tokens, contextTokens) : null
}

/** Recorded. */
export function tooLong(tokens: number, maxTokens: number): string {
  return `The input token count (${tokens}) exceeds the maximum number of tokens allowed (${maxTokens}).`
}
