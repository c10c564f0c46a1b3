import type { ContentPart, Message, ModelRequest } from '../../domain/request.ts'
import { asList, asFields, asText } from '../http/fields.ts'

/** What of a body of the OpenAI shape costs input tokens; its attached files are left out, they are counted apart. */
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
