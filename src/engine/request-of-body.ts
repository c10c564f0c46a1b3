import type { Message, ModelRequest } from '../domain/request.ts'

interface WireBody {
  readonly messages?: readonly Message[]
  readonly input?: readonly Message[] | string
  readonly response_format?: {
    readonly json_schema?: { readonly schema?: Readonly<Record<string, unknown>> }
  }
  readonly text?: { readonly format?: { readonly schema?: Readonly<Record<string, unknown>> } }
}

/** What of a request body of ours costs input tokens. */
export function requestOfBody(model: string, body: WireBody): ModelRequest {
  if (typeof body.input === 'string') return { model, input: body.input, dimensions: null, extra: {} }
  const schema = body.response_format?.json_schema?.schema ?? body.text?.format?.schema
  return {
    model,
    messages: body.messages ?? body.input ?? [],
    maxTokens: null,
    temperature: null,
    schema: schema ? { name: '', schema } : null,
    extra: {},
  }
}
