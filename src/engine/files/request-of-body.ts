import type { ContentPart, Message, ModelRequest } from '../../domain/request.ts'

interface WireMessage {
  readonly role: Message['role']
  readonly content: string | readonly { readonly text?: string }[]
}

interface WireBody {
  readonly messages?: readonly WireMessage[]
  readonly input?: readonly WireMessage[] | string
  readonly response_format?: {
    readonly json_schema?: { readonly schema?: Readonly<Record<string, unknown>> }
  }
  readonly text?: { readonly format?: { readonly schema?: Readonly<Record<string, unknown>> } }
}

/** What of a request body of ours costs input tokens; its attached files are left out, they are counted apart. */
export function requestOfBody(model: string, body: WireBody): ModelRequest {
  if (typeof body.input === 'string') return { model, input: body.input, dimensions: null, extra: {} }
  const schema = body.response_format?.json_schema?.schema ?? body.text?.format?.schema
  return {
    model,
    messages: (body.messages ?? body.input ?? []).map(({ role, content }) => ({
      role,
      content: typeof content === 'string' ? content : content.flatMap(textPart),
    })),
    maxTokens: null,
    temperature: null,
    schema: schema ? { name: '', schema } : null,
    extra: {},
  }
}

function textPart({ text }: { readonly text?: string }): readonly ContentPart[] {
  return text === undefined ? [] : [{ kind: 'text', text }]
}
