import type { ChatRequest, Message } from '../domain/request.ts'

interface WireBody {
  readonly messages?: readonly Message[]
  readonly input?: readonly Message[]
  readonly response_format?: {
    readonly json_schema?: { readonly schema?: Readonly<Record<string, unknown>> }
  }
  readonly text?: { readonly format?: { readonly schema?: Readonly<Record<string, unknown>> } }
}

/** What of a request body of ours costs input tokens. */
export function requestOfBody(model: string, body: WireBody): ChatRequest {
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
