import { Buffer } from 'node:buffer'
import { OffpeakError } from '../../domain/errors.ts'
import {
  type ChatRequest,
  type ContentPart,
  type FilePart,
  isEmbedding,
  type Message,
  type ModelRequest,
} from '../../domain/request.ts'
import { asList, asFields } from '../replies/fields.ts'
import { takesSampling } from './model-facts.ts'

/**
 * The body of a request to Claude (Anthropic API reference, Messages): system texts stand at the top level, the schema in
 * `output_config`, and the messages last, so that what is alike for all requests of a job comes first. `extra` cannot
 * replace what the request itself says.
 *
 * Throws E_JOB_INVALID for a vector, and for a file of a kind that Claude does not read.
 */
export function anthropicBody(request: ModelRequest): Record<string, unknown> {
  if (isEmbedding(request))
    throw new OffpeakError('E_JOB_INVALID', 'Anthropic makes no vectors', {
      fix: "give defineEmbedding a model such as openai.embedding('text-embedding-3-small')",
    })
  const { model, maxTokens, temperature, extra } = request
  const body: Record<string, unknown> = { ...extra, model }
  if (maxTokens !== null) body['max_tokens'] = maxTokens
  // It would make every request fail; the plan says that it is left out.
  if (temperature !== null && takesSampling(model) !== 'no') body['temperature'] = temperature
  if (request.schema !== null) {
    const format = { type: 'json_schema', schema: request.schema.schema }
    body['output_config'] = { ...asFields(extra['output_config']), format }
  }
  // What `extra` names so would keep its early place, and be sent in vain.
  for (const name of ['system', 'messages']) delete body[name]
  const system = systemOf(request)
  if (system !== undefined) delete body['cache_control']
  return { ...body, ...(system !== undefined && { system }), messages: conversation(request) }
}

/**
 * The system texts; undefined without any. A job's `cache_control` stands at their end: at that of the whole request it
 * would have a cache written that no other request reads, as the messages of each are its own.
 */
function systemOf({ messages, extra }: ChatRequest): unknown {
  const system = messages.filter(({ role }) => role === 'system')
  const [first, ...others] = system
  if (first === undefined) return undefined
  const mark = extra['cache_control']
  if (mark === undefined && others.length === 0 && typeof first.content === 'string') return first.content
  const blocks = system.flatMap(({ content }) => blocksOf(content))
  return mark === undefined ? blocks : [...blocks.slice(0, -1), { ...blocks.at(-1), cache_control: mark }]
}

function conversation({ messages }: ChatRequest): readonly unknown[] {
  return messages
    .filter(({ role }) => role !== 'system')
    .map(({ role, content }) => ({
      role,
      content: typeof content === 'string' ? content : blocksOf(content),
    }))
}

function blocksOf(content: Message['content']): readonly Record<string, unknown>[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content.map(block)
}

function block(part: ContentPart): Record<string, unknown> {
  if (part.kind === 'text') return { type: 'text', text: part.text }
  const { mediaType, data = '' } = part
  const source = { type: 'base64', media_type: mediaType, data }
  return mediaType === pdf
    ? { type: 'document', source, title: part.filename }
    : { type: 'image', source: { ...source, media_type: imageType(part) } }
}

const pdf = 'application/pdf'
/** Anthropic API reference, Messages: the types of a base64 image. */
const images: readonly string[] = ['image/jpeg', 'image/png', 'image/gif', 'image/webp']

function imageType({ mediaType, path }: FilePart): string {
  if (images.includes(mediaType)) return mediaType
  throw new OffpeakError('E_JOB_INVALID', `Claude does not read files of the type ${mediaType}`, {
    where: path,
    fix: `attach a PDF, or an image as ${images.map((type) => type.slice('image/'.length)).join(', ')}; put the text of other files into the prompt`,
  })
}

/** The messages are the last of a body, so that what comes behind them goes before its last two bytes. */
export function appendMessages(body: Uint8Array, messages: readonly Message[]): Uint8Array | null {
  const end = Buffer.from(']}')
  if (!end.equals(body.subarray(-end.length)) || messages.some(({ role }) => role === 'system')) return null
  const more = messages.map((message) => `,${JSON.stringify(message)}`).join('')
  return Buffer.concat([body.subarray(0, -end.length), Buffer.from(more), end])
}

/**
 * The part of a body that costs input tokens; its attached files are left out, they are counted apart. Never throws.
 */
export function readAnthropicBody(body: unknown, model: string): ModelRequest {
  const fields = asFields(body) ?? {}
  const { system, messages } = fields
  const schema = asFields(asFields(asFields(fields['output_config'])?.['format'])?.['schema'])
  return {
    model,
    messages: [
      ...(system === undefined ? [] : [{ role: 'system' as const, content: textParts(system) }]),
      ...asList(messages).map(message),
    ],
    maxTokens: null,
    temperature: null,
    schema: schema ? { name: '', schema } : null,
    // The one further field whose texts are part of the prompt.
    extra: fields['tools'] === undefined ? {} : { tools: fields['tools'] },
  }
}

function message(value: unknown): Message {
  const { role, content } = asFields(value) ?? {}
  return { role: role === 'assistant' ? 'assistant' : 'user', content: textParts(content) }
}

function textParts(content: unknown): Message['content'] {
  if (typeof content === 'string') return content
  return asList(content).flatMap((value) => {
    const text = asFields(value)?.['text']
    return typeof text === 'string' ? [{ kind: 'text' as const, text }] : []
  })
}
