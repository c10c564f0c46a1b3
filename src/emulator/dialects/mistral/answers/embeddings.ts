import { asBase64, asNumbers, embedText } from '../../../core/answers/embed.ts'
import { findMarkers, withoutMarkers } from '../../../core/answers/markers.ts'
import { countTokens } from '../../../core/answers/tokens.ts'
import type { Executed } from '../../../core/batch/executed.ts'
import type { JsonObject } from '../../../core/json.ts'
import { failed, missing, refused, refusedFor } from '../errors.ts'
import { answerId } from '../ids.ts'
import { extraFields, rangeError, wrong } from './fields.ts'
import { embeddingInputs } from './prompt.ts'
import type { RequestScope } from './request-scope.ts'
import { chatUsage } from './usage.ts'

const fields = ['encoding_format', 'input', 'metadata', 'model', 'output_dimension', 'output_dtype']

/** The result of `POST /v1/embeddings`. */
export function runEmbeddings(body: JsonObject, scope: RequestScope): Executed {
  const { model } = scope
  const inputs = embeddingInputs(body)
  const range = rangeError(body, 'output_dimension', { min: 1, max: model.dimensions.most, whole: true })
  const details = [
    ...extraFields(body, fields, ['body']),
    ...(range === null ? [] : [range]),
    ...(body['input'] === undefined ? [missing('input')] : []),
  ]
  if (details.length > 0) return refusedFor(...details)
  if (inputs === null)
    return refusedFor(
      wrong('string_type', ['body', 'input'], 'Input should be a valid string or list', body['input']),
    )
  const markers = findMarkers(inputs.join('\n'))
  if (markers.has('server_error') || (markers.has('server_error_once') && scope.failOnce)) return failed(500)
  if (markers.has('rate_limited')) return failed(429)
  const counts = inputs.map(countTokens)
  const longest = Math.max(...counts)
  if (longest > model.contextTokens || markers.has('context_length'))
    return refused(400, {
      message: `Input id 0 has ${Math.max(longest, model.contextTokens + 1)} tokens, exceeding max ${model.contextTokens} tokens.`,
      code: '3210',
    })
  const tokens = counts.reduce((sum, count) => sum + count, 0)
  const dimension = body['output_dimension']
  const dimensions = typeof dimension === 'number' ? dimension : model.dimensions.usual
  const write = body['encoding_format'] === 'base64' ? asBase64 : asNumbers
  return {
    status: 200,
    usage: { inputTokens: tokens, outputTokens: 0 },
    body: {
      id: answerId(scope.digest),
      object: 'list',
      data: inputs.map((text, index) => ({
        object: 'embedding',
        embedding: write(embedText(withoutMarkers(text), dimensions)),
        index,
      })),
      model: scope.requestedModel,
      usage: chatUsage(tokens, 0),
    },
  }
}
