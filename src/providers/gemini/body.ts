import { Buffer } from 'node:buffer'
import {
  type ChatRequest,
  type ContentPart,
  type EmbeddingRequest,
  isEmbedding,
  type Message,
  type ModelRequest,
} from '../../domain/request.ts'
import { OffpeakError } from '../../domain/errors.ts'
import { asFields, asObjects, asText } from '../replies/fields.ts'
import { embedEndpoint } from './endpoints.ts'

/**
 * The body of a request to Gemini (Gemini API reference, GenerateContentRequest and EmbedContentRequest): what limits an
 * answer stands in `generationConfig`, system texts in `systemInstruction`, and the conversation last, so that what is
 * alike for all requests of a job comes first. The model stands in the path. `extra` cannot replace what the request
 * itself says. Throws E_JOB_INVALID when the endpoint does not take what is asked.
 */
export function geminiBody(request: ModelRequest, endpoint: string): Record<string, unknown> {
  if (isEmbedding(request) !== (endpoint === embedEndpoint))
    throw new OffpeakError(
      'E_JOB_INVALID',
      isEmbedding(request) ? `${endpoint} makes no vectors` : 'a prompt is not asked of a model for vectors',
      {
        fix: "gemini('gemini-3.8-flash') is for prompts, gemini.embedding('gemini-embedding-2') for vectors",
      },
    )
  return isEmbedding(request) ? embedBody(request) : chatBody(request)
}

function embedBody({ input, dimensions, extra }: EmbeddingRequest): Record<string, unknown> {
  const { content: _content, ...rest } = extra
  return {
    ...rest,
    ...(dimensions === null ? {} : { outputDimensionality: dimensions }),
    content: { parts: [{ text: input }] },
  }
}

function chatBody({ messages, maxTokens, temperature, schema, extra }: ChatRequest): Record<string, unknown> {
  const { generationConfig, systemInstruction: _system, contents: _contents, ...rest } = extra
  const config = {
    ...asFields(generationConfig),
    ...(maxTokens === null ? {} : { maxOutputTokens: maxTokens }),
    ...(temperature === null ? {} : { temperature }),
    ...(schema === null ? {} : { responseMimeType: 'application/json', responseJsonSchema: schema.schema }),
  }
  const system = messages.filter(({ role }) => role === 'system')
  return {
    ...rest,
    ...(Object.keys(config).length === 0 ? {} : { generationConfig: config }),
    ...(system.length === 0
      ? {}
      : { systemInstruction: { parts: system.flatMap(({ content }) => partsOf(content)) } }),
    contents: messages.filter(({ role }) => role !== 'system').map(contentOf),
  }
}

function contentOf({ role, content }: Message): Record<string, unknown> {
  return { role: role === 'assistant' ? 'model' : 'user', parts: partsOf(content) }
}

function partsOf(content: Message['content']): readonly Record<string, unknown>[] {
  return typeof content === 'string' ? [{ text: content }] : content.map(partOf)
}

/** A file goes along in the request: one that is uploaded is gone after 48 hours, which a batch may wait (Gemini, Files). */
function partOf(part: ContentPart): Record<string, unknown> {
  if (part.kind === 'text') return { text: part.text }
  return { inlineData: { mimeType: part.mediaType, data: part.data ?? '' } }
}

/** The contents are the last of a body, so that what comes behind them goes before its last two bytes. */
export function appendContents(body: Uint8Array, messages: readonly Message[]): Uint8Array | null {
  const end = Buffer.from(']}')
  if (!end.equals(body.subarray(-end.length)) || messages.some(({ role }) => role === 'system')) return null
  const more = messages.map((message) => `,${JSON.stringify(contentOf(message))}`).join('')
  return Buffer.concat([body.subarray(0, -end.length), Buffer.from(more), end])
}

/**
 * The part of a body that costs input tokens; its attached files are left out, they are counted apart. Never throws.
 */
export function readGeminiBody(body: unknown, model: string): ModelRequest {
  const fields = asFields(body) ?? {}
  const embedded = asFields(fields['content'])
  if (embedded !== null) {
    const input = textParts(embedded).map(({ text }) => text)
    return { model, input: input.join('\n'), dimensions: null, extra: {} }
  }
  const system = asFields(fields['systemInstruction'])
  const schema = asFields(asFields(fields['generationConfig'])?.['responseJsonSchema'])
  const contents = asObjects(fields['contents']) ?? []
  return {
    model,
    messages: [
      ...(system === null ? [] : [{ role: 'system' as const, content: textParts(system) }]),
      ...contents.map((content) => ({
        role: content['role'] === 'model' ? ('assistant' as const) : ('user' as const),
        content: textParts(content),
      })),
    ],
    maxTokens: null,
    temperature: null,
    schema: schema ? { name: '', schema } : null,
    // The one further field whose texts are part of the prompt.
    extra: fields['tools'] === undefined ? {} : { tools: fields['tools'] },
  }
}

function textParts(
  content: Readonly<Record<string, unknown>>,
): readonly Extract<ContentPart, { kind: 'text' }>[] {
  return (asObjects(content['parts']) ?? []).flatMap((part) => {
    const text = asText(part['text'])
    return text === null ? [] : [{ kind: 'text' as const, text }]
  })
}
