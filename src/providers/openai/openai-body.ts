import { Buffer } from 'node:buffer'
import { OffpeakError } from '../../domain/errors.ts'
import {
  type ChatRequest,
  type ContentPart,
  type EmbeddingRequest,
  type FilePart,
  isEmbedding,
  type Message,
  type ModelRequest,
  type Task,
} from '../../domain/request.ts'
import { asList, asFields, asText } from '../replies/fields.ts'

/** The task of a path of OpenAI's. */
export function openaiTask(endpoint: string): Task {
  return endpoint.endsWith('/embeddings') ? 'embedding' : 'chat'
}

/** The two names of the output limit in a chat body. */
export type TokenField = 'max_tokens' | 'max_completion_tokens'

/**
 * The body of one line for the OpenAI shape (OpenAI API reference, Chat and Responses).
 *
 * Everything that is the same for all lines of a job comes first and the messages last; `extra` cannot replace what
 * the request itself says.
 *
 * Throws E_JOB_INVALID when the endpoint does not take what is asked.
 */
export function openaiBody(
  request: ModelRequest,
  endpoint: string,
  tokenField: TokenField,
): Record<string, unknown> {
  if (openaiTask(endpoint) === 'embedding') {
    if (isEmbedding(request)) return embeddingBody(request)
    throw new OffpeakError('E_JOB_INVALID', 'a prompt cannot be sent to the embeddings endpoint', {
      fix: 'use /v1/chat/completions or /v1/responses for this job',
    })
  }
  if (isEmbedding(request))
    throw new OffpeakError('E_JOB_INVALID', `${endpoint} makes no vectors`, {
      fix: "give defineEmbedding a model such as openai.embedding('text-embedding-3-small')",
    })
  return endpoint === '/v1/responses' ? responsesBody(request) : chatBody(request, tokenField)
}

/** Base64 is a quarter of the bytes of written numbers, and exact (OpenAI API reference, Embeddings). */
function embeddingBody({ model, input, dimensions, extra }: EmbeddingRequest): Record<string, unknown> {
  return {
    ...extra,
    model,
    encoding_format: 'base64',
    ...(dimensions === null ? {} : { dimensions }),
    input,
  }
}

function chatBody(request: ChatRequest, tokenField: TokenField): Record<string, unknown> {
  const body: Record<string, unknown> = { ...request.extra, model: request.model }
  if (request.temperature !== null) body['temperature'] = request.temperature
  if (request.maxTokens !== null) body[tokenField] = request.maxTokens
  if (request.schema !== null) {
    const { name, schema } = request.schema
    body['response_format'] = { type: 'json_schema', json_schema: { name, strict: true, schema } }
  }
  return messagesLast(body, 'messages', request, chatPart)
}

function chatPart(part: ContentPart): Record<string, unknown> {
  if (part.kind === 'text') return { type: 'text', text: part.text }
  if (!isImage(part)) return { type: 'file', file: { filename: part.filename, file_data: dataUrl(part) } }
  return { type: 'image_url', image_url: { url: dataUrl(part), ...detailOf(part) } }
}

function responsesPart(part: ContentPart): Record<string, unknown> {
  if (part.kind === 'text') return { type: 'input_text', text: part.text }
  if (!isImage(part)) return { type: 'input_file', filename: part.filename, file_data: dataUrl(part) }
  // The Responses API wants a detail to be named.
  return { type: 'input_image', image_url: dataUrl(part), detail: part.detail ?? 'auto' }
}

function isImage({ mediaType }: FilePart): boolean {
  return mediaType.startsWith('image/')
}

function detailOf({ detail }: FilePart): Record<string, unknown> {
  return detail === null ? {} : { detail }
}

function dataUrl({ mediaType, data = '' }: FilePart): string {
  return `data:${mediaType};base64,${data}`
}

function responsesBody(request: ChatRequest): Record<string, unknown> {
  const body: Record<string, unknown> = { ...request.extra, model: request.model }
  if (request.temperature !== null) body['temperature'] = request.temperature
  if (request.maxTokens !== null) body['max_output_tokens'] = request.maxTokens
  if (request.schema !== null) {
    const { name, schema } = request.schema
    const text = typeof body['text'] === 'object' ? body['text'] : {}
    body['text'] = { ...text, format: { type: 'json_schema', name, strict: true, schema } }
  }
  return messagesLast(body, 'input', request, responsesPart)
}

function messagesLast(
  body: Record<string, unknown>,
  field: string,
  request: ChatRequest,
  toPart: (part: ContentPart) => Record<string, unknown>,
): Record<string, unknown> {
  // A field of that name in `extra` would keep its early place.
  if (field in body) delete body[field]
  body[field] = request.messages.map(({ role, content }) => ({
    role,
    content: typeof content === 'string' ? content : content.map(toPart),
  }))
  return body
}

/** The messages are the last of a body, so that what comes behind them goes before its last two bytes. */
export function appendMessages(body: Uint8Array, messages: readonly Message[]): Uint8Array | null {
  const end = Buffer.from(']}')
  if (!end.equals(body.subarray(-end.length))) return null
  const more = messages.map((message) => `,${JSON.stringify(message)}`).join('')
  return Buffer.concat([body.subarray(0, -end.length), Buffer.from(more), end])
}

/**
 * The part of a body of the OpenAI shape that costs input tokens; its attached files are left out, they are counted
 * apart.
 */
export function readOpenaiBody(body: unknown, model: string): ModelRequest {
  const fields = asFields(body) ?? {}
  const { input } = fields
  if (typeof input === 'string') return { model, input, dimensions: null, extra: {} }
  const schema = schemaOf(fields['response_format'], 'json_schema') ?? schemaOf(fields['text'], 'format')
  return {
    model,
    messages: asList(fields['messages'] ?? input).map(message),
    maxTokens: null,
    temperature: null,
    schema: schema ? { name: '', schema } : null,
    extra: {},
  }
}

function schemaOf(holder: unknown, name: string): Readonly<Record<string, unknown>> | null {
  return asFields(asFields(asFields(holder)?.[name])?.['schema'])
}

function message(value: unknown): Message {
  const { role, content } = asFields(value) ?? {}
  return {
    role: role === 'system' || role === 'assistant' ? role : 'user',
    content: typeof content === 'string' ? content : asList(content).flatMap(textPart),
  }
}

function textPart(value: unknown): readonly ContentPart[] {
  const text = asText(asFields(value)?.['text'])
  return text === null ? [] : [{ kind: 'text', text }]
}
