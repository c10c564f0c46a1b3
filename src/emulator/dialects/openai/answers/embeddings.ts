import {
  dimensionsLarge,
  dimensionsSmall,
  asBase64,
  asNumbers,
  embedText,
} from '../../../core/answers/embed.ts'
import type { Executed } from '../../../core/batch/executed.ts'
import { type RequestScope, contentFiltered, rateLimited, refused, serverError } from './executed.ts'
import type { JsonObject } from '../../../core/json.ts'
import { findMarkers, withoutMarkers } from '../../../core/answers/markers.ts'
import { embeddingInputs, inputTokens } from '../../../families/chat/prompt.ts'

/** OpenAI document, createEmbedding: at most 2,048 inputs in an array. */
const maxInputs = 2048

/** The result of `POST /embeddings` (OpenAI document, CreateEmbeddingResponse). */
export function runEmbeddings(body: JsonObject, scope: RequestScope): Executed {
  const inputs = embeddingInputs(body)
  if (inputs.length === 0 || inputs.some((input) => input.length === 0)) {
    const absent = body['input'] === undefined
    return refused(400, {
      message: absent
        ? `Missing required parameter: 'input'.`
        : `'$.input' is invalid. Please check the API reference: https://platform.openai.com/docs/api-reference.`,
      param: absent ? 'input' : null,
      code: absent ? 'missing_required_parameter' : null,
    })
  }
  if (inputs.length > maxInputs) {
    return refused(400, {
      message: `Invalid 'input': array too long. Expected an array with maximum length ${maxInputs}, but got an array with length ${inputs.length} instead.`,
      param: 'input',
      code: 'array_above_max_length',
    })
  }
  const longest = scope.model.name.endsWith('large') ? dimensionsLarge : dimensionsSmall
  const dimensions = body['dimensions'] ?? longest
  if (
    typeof dimensions !== 'number' ||
    !Number.isInteger(dimensions) ||
    dimensions < 1 ||
    dimensions > longest
  ) {
    return refused(400, {
      message: `Invalid 'dimensions': expected an integer from 1 to ${longest}.`,
      param: 'dimensions',
      code: 'invalid_value',
    })
  }
  return answer(body, scope, inputs, dimensions)
}

function answer(
  body: JsonObject,
  scope: RequestScope,
  inputs: ReturnType<typeof embeddingInputs>,
  dimensions: number,
): Executed {
  const texts = inputs.map((input) => (typeof input === 'string' ? input : JSON.stringify(input)))
  const markers = findMarkers(texts.join('\n'))
  if (markers.has('server_error') || (markers.has('server_error_once') && scope.failOnce))
    return serverError()
  if (markers.has('rate_limited')) return rateLimited()
  if (markers.has('content_filter')) return contentFiltered(scope.profile)

  let tokens = 0
  for (const input of inputs) {
    const count = inputTokens(input)
    if (count > scope.model.contextTokens || markers.has('context_length')) {
      return refused(400, {
        message: `This model's maximum context length is ${scope.model.contextTokens} tokens, however you requested ${count} tokens (${count} in your prompt; 0 for the completion). Please reduce your prompt; or completion length.`,
        code: 'context_length_exceeded',
      })
    }
    tokens += count
  }
  const write = body['encoding_format'] === 'base64' ? asBase64 : asNumbers
  return {
    status: 200,
    usage: { inputTokens: tokens, outputTokens: 0 },
    body: {
      object: 'list',
      data: texts.map((text, index) => ({
        object: 'embedding',
        index,
        embedding: write(embedText(withoutMarkers(text), dimensions)),
      })),
      model: scope.profile === 'azure' ? scope.model.name : scope.requestedModel,
      usage: { prompt_tokens: tokens, total_tokens: tokens },
    },
  }
}
