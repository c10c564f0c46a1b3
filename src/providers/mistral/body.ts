import { OffpeakError } from '../../domain/errors.ts'
import {
  type ChatRequest,
  type ContentPart,
  type FilePart,
  isEmbedding,
  type ModelRequest,
  filesOf,
} from '../../domain/request.ts'
import { openaiTask } from '../openai/openai-body.ts'
import { isOcrModel } from './ocr.ts'

/**
 * The body of one line for Mistral (Mistral API reference, Chat and Embeddings), without the model, which stands on the job.
 * Messages come last; `extra` cannot replace what the request itself says. Throws E_JOB_INVALID when the endpoint does not
 * take what is asked.
 */
export function mistralBody(request: ModelRequest, endpoint: string): Record<string, unknown> {
  if (isEmbedding(request) !== (openaiTask(endpoint) === 'embedding'))
    throw new OffpeakError(
      'E_JOB_INVALID',
      isEmbedding(request) ? `${endpoint} makes no vectors` : 'a prompt is not asked of a model for vectors',
      {
        fix: "mistral('mistral-small-latest') is for prompts, mistral.embedding('mistral-embed') for vectors",
      },
    )
  if (isOcrModel(request.model) !== (endpoint === '/v1/ocr'))
    throw new OffpeakError('E_JOB_INVALID', `${request.model} is not asked at ${endpoint}`, {
      fix: "mistral.ocr('mistral-ocr-latest') reads documents, mistral('mistral-small-latest') answers prompts",
    })
  if (!isEmbedding(request)) return endpoint === '/v1/ocr' ? ocrBody(request) : chatBody(request)
  const { input, dimensions, extra } = request
  const { model: _model, ...rest } = extra
  return { ...rest, ...(dimensions === null ? {} : { output_dimension: dimensions }), input }
}

/** @mistralai/mistralai 2.7, OCRRequest: nothing is asked of the document, and it goes whole, cut to its pages before. */
function ocrBody(request: ChatRequest): Record<string, unknown> {
  const { model: _model, document: _document, ...rest } = request.extra
  const [file] = filesOf(request)
  return { ...rest, ...(file && { document: partOf(file) }) }
}

function chatBody({ messages, maxTokens, temperature, schema, extra }: ChatRequest): Record<string, unknown> {
  const { model: _model, messages: _messages, ...rest } = extra
  return {
    ...rest,
    ...(temperature === null ? {} : { temperature }),
    ...(maxTokens === null ? {} : { max_tokens: maxTokens }),
    ...(schema === null
      ? {}
      : {
          response_format: {
            type: 'json_schema',
            json_schema: { name: schema.name, strict: true, schema: schema.schema },
          },
        }),
    messages: messages.map(({ role, content }) => ({
      role,
      content: typeof content === 'string' ? content : content.map(partOf),
    })),
  }
}

/** @mistralai/mistralai 2.7, ContentChunk. */
function partOf(part: ContentPart): Record<string, unknown> {
  if (part.kind === 'text') return { type: 'text', text: part.text }
  return part.mediaType.startsWith('image/')
    ? { type: 'image_url', image_url: dataUrl(part) }
    : { type: 'document_url', document_url: dataUrl(part), document_name: part.filename }
}

function dataUrl({ mediaType, data = '' }: FilePart): string {
  return `data:${mediaType};base64,${data}`
}
