import { type ChatRequest, isEmbedding, type ModelRequest } from '../../domain/request.ts'
import type { Concern, Inspection } from '../../ports/provider/wire.ts'
import { asCount, type Fields } from '../replies/fields.ts'

/**
 * Problems of a request's fields at Mistral (Mistral API reference). Names that it does not know are refused with a
 * 422, which a batch tells line by line, one batch later.
 */
export function inspectMistral(request: ModelRequest, endpoint: string): Inspection {
  const { extra, model } = request
  if (!isEmbedding(request) && endpoint === '/v1/ocr') return inspectOcr(request)
  if (isEmbedding(request))
    return {
      maxTokens: 0,
      vectorLength: request.dimensions ?? (model.startsWith('mistral-embed') ? 1_024 : null),
      refused: [],
      doubtful: unknownConcerns(extra, embeddingFields),
    }
  const limit = extra['max_tokens']
  const both = request.maxTokens !== null && limit !== undefined
  return {
    maxTokens: request.maxTokens ?? asCount(limit),
    vectorLength: null,
    refused: [
      ...(both
        ? [
            {
              words: '`maxTokens` and `max_tokens` both limit the answer',
              fix: 'leave out `max_tokens` in `parameters`',
            },
          ]
        : []),
      ...dearConcerns(extra),
    ],
    doubtful: unknownConcerns(extra, chatFields),
  }
}

/**
 * A document is read and asked nothing. What is asked of it besides has another price (Mistral, OCR 4 in June 2026: $5 for
 * 1,000 annotated pages, with no word of batches), and pages that the request chooses itself are not those that are counted.
 */
function inspectOcr({ extra, schema, maxTokens, temperature }: ChatRequest): Inspection {
  const annotations = Object.keys(extra).filter((name) => name.includes('annotation'))
  const unused = Object.entries({ maxTokens, temperature }).filter(([, value]) => value !== null)
  return {
    maxTokens: null,
    vectorLength: null,
    refused: [
      ...(schema === null && annotations.length === 0
        ? []
        : [
            {
              words: `${schema === null ? annotations.map((name) => `\`${name}\``).join(', ') : '`output`'} asks OCR for annotations, whose price in batches is not known`,
              fix: 'leave it out, and read the text that comes with a job `after` this one; or ask a model for prompts about the PDF',
            },
          ]),
      ...(extra['pages'] === undefined
        ? []
        : [
            {
              words: '`pages` chooses others than the pages that are counted and priced',
              fix: 'leave it out, and write attach(row, { pages: [1, 3] })',
            },
          ]),
    ],
    doubtful: [
      ...unused.map(([name]) => ({
        words: `\`${name}\` is not sent: OCR has no such setting`,
        fix: `leave out \`${name}\``,
      })),
      ...unknownConcerns(extra, ocrFields),
    ],
  }
}

/** What buys more than can be used, or changes the price that is planned and bounded. */
function dearConcerns(extra: Fields): readonly Concern[] {
  const concerns: Concern[] = []
  const choices = asCount(extra['n'])
  if (choices !== null && choices > 1)
    concerns.push({
      words: `\`n: ${choices}\` buys ${choices} answers to each request, and only the first can be used`,
      fix: 'leave out `n`; `variants` ask with several prompts',
    })
  if (extra['stream'] === true)
    concerns.push({ words: '`stream` has no use: answers come whole', fix: 'leave out `stream`' })
  if (extra['service_tier'] != null)
    concerns.push({
      words: '`service_tier` changes the price that is planned and bounded',
      fix: 'leave out `service_tier`; --realtime chooses how a run is sent',
    })
  return concerns
}

/** @mistralai/mistralai 2.7, ChatCompletionRequest and EmbeddingRequest. */
const chatFields: readonly string[] = [
  'frequency_penalty',
  'guardrails',
  'max_tokens',
  'metadata',
  'n',
  'parallel_tool_calls',
  'prediction',
  'presence_penalty',
  'prompt_cache_key',
  'prompt_mode',
  'random_seed',
  'reasoning_effort',
  'response_format',
  'safe_prompt',
  'service_tier',
  'stop',
  'stream',
  'temperature',
  'tool_choice',
  'tools',
  'top_p',
]
/** OCRRequest, without what is refused above. */
const ocrFields: readonly string[] = [
  'bbox_annotation_format',
  'confidence_scores_granularity',
  'document_annotation_format',
  'document_annotation_prompt',
  'extract_footer',
  'extract_header',
  'image_limit',
  'image_min_size',
  'include_blocks',
  'include_image_base64',
  'pages',
  'table_format',
]
const embeddingFields: readonly string[] = ['encoding_format', 'metadata', 'output_dtype']

/** What others call otherwise. */
const ownNames: ReadonlyMap<string, string> = new Map([
  ['seed', '`random_seed`'],
  ['max_completion_tokens', '`maxTokens` of the job'],
])

function unknownConcerns(extra: Fields, known: readonly string[]): readonly Concern[] {
  return Object.keys(extra)
    .filter((name) => !known.includes(name))
    .map((name) => {
      const own = ownNames.get(name)
      return {
        words: `\`${name}\` is no field of a request to Mistral; each request with it is refused`,
        fix: own === undefined ? `leave out \`${name}\`` : `use ${own}`,
      }
    })
}
