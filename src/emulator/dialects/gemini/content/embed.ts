import { asNumbers, embedText } from '../../../core/answers/embed.ts'
import { findMarkers, withoutMarkers } from '../../../core/answers/markers.ts'
import { countTokens } from '../../../core/answers/tokens.ts'
import type { Executed } from '../../../core/batch/executed.ts'
import { type JsonObject, shown } from '../../../core/json.ts'
import { failed, refused } from '../errors.ts'
import type { Model } from '../models.ts'
import { embeddedText } from './prompt.ts'

/** Gemini document, Embeddings: 3,072 numbers unless fewer are asked for. */
const maxDimensions = 3072

/** The same page. */
const taskTypes: readonly unknown[] = [
  'TASK_TYPE_UNSPECIFIED',
  'RETRIEVAL_QUERY',
  'RETRIEVAL_DOCUMENT',
  'SEMANTIC_SIMILARITY',
  'CLASSIFICATION',
  'CLUSTERING',
  'QUESTION_ANSWERING',
  'FACT_VERIFICATION',
  'CODE_RETRIEVAL_QUERY',
]

/** The result of an EmbedContentRequest, as a line of a batch holds its answer. */
export function runEmbed(
  body: JsonObject,
  { model, failOnce }: { readonly model: Model; readonly failOnce: boolean },
): Executed {
  const text = embeddedText(body)
  const { outputDimensionality: dimensions = maxDimensions, taskType } = body
  if (text === '')
    return refused('INVALID_ARGUMENT', '* EmbedContentRequest.content: content is not specified\n')
  if (taskType !== undefined && !taskTypes.includes(taskType))
    return refused('INVALID_ARGUMENT', `Invalid value at 'task_type' (TYPE_ENUM), "${shown(taskType)}"`)
  if (
    typeof dimensions !== 'number' ||
    !Number.isInteger(dimensions) ||
    dimensions < 1 ||
    dimensions > maxDimensions
  )
    return refused(
      'INVALID_ARGUMENT',
      `* EmbedContentRequest.output_dimensionality: must be in the range [1, ${maxDimensions}].\n`,
    )
  const markers = findMarkers(text)
  if (markers.has('server_error') || (markers.has('server_error_once') && failOnce)) return failed(500)
  if (markers.has('rate_limited')) return failed(429)
  // Longer texts are cut without a word (the same page): what is left is embedded and billed.
  const tokens = Math.min(countTokens(text), model.contextTokens)
  return {
    status: 200,
    usage: { inputTokens: tokens, outputTokens: 0 },
    body: {
      embedding: { values: asNumbers(embedText(withoutMarkers(text), dimensions)) },
      tokenCount: String(tokens),
    },
  }
}
