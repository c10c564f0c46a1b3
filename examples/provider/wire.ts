/** The language of Acme: requests as JSON, and lines of results. Nothing here calls anybody. */
import { OffpeakError, type ContentPart, type Message } from 'offpeak'
import {
  type Answer,
  asCount,
  asFields,
  asObjects,
  asText,
  isEmbedding,
  type ProviderClient,
} from 'offpeak/provider'

type Wire = Pick<ProviderClient, 'body' | 'readBody' | 'tokenRule' | 'lineFrame' | 'line' | 'withMessages'>

export const acmeWire: Wire = {
  body(request) {
    if (isEmbedding(request)) throw new OffpeakError('E_JOB_INVALID', 'Acme makes no vectors')
    const { model, maxTokens, temperature, schema, extra, messages } = request
    return {
      ...extra,
      model,
      ...(maxTokens !== null && { most: maxTokens }),
      ...(temperature !== null && { temperature }),
      ...(schema !== null && { form: schema.schema }),
      // Last, so that a conversation can go on behind them.
      turns: messages.map(({ role, content }) => ({ by: role, texts: textsOf(content) })),
    }
  },

  readBody(body, model) {
    const { form, turns } = asFields(body) ?? {}
    const schema = asFields(form)
    return {
      model,
      messages: (asObjects(turns) ?? []).map(({ by, texts }): Message => ({
        role: by === 'system' || by === 'assistant' ? by : 'user',
        content: (Array.isArray(texts) ? texts : []).map((text) => ({
          kind: 'text',
          text: asText(text) ?? '',
        })),
      })),
      maxTokens: null,
      temperature: null,
      schema: schema && { name: '', schema },
      extra: {},
    }
  },

  // Acme counts four characters as a token; nobody says how many it can be at most.
  tokenRule: () => ({ encoding: 'o200k_base', least: 0.25, likely: 1.2, most: Infinity }),

  lineFrame: () => ({ beforeId: '{"key":"', beforeBody: '","ask":' }),

  line(value) {
    const line = asFields(value)
    const key = asText(line?.['key'])
    if (line === null || key === null) return null
    return { customId: key, answer: answerOf(line) }
  },

  withMessages(body, messages) {
    const text = Buffer.from(body).toString()
    if (!text.endsWith(']}')) return null
    const more = messages.map(({ role, content }) => JSON.stringify({ by: role, texts: textsOf(content) }))
    return Buffer.from(`${text.slice(0, -2)},${more.join(',')}]}`)
  },
}

function textsOf(content: Message['content']): readonly string[] {
  return typeof content === 'string' ? [content] : content.map(textOf)
}

function textOf(part: ContentPart): string {
  if (part.kind === 'text') return part.text
  throw new OffpeakError('E_JOB_INVALID', 'Acme reads no files', { where: part.filename })
}

function answerOf(line: Readonly<Record<string, unknown>>): Answer {
  const text = asText(line['said'])
  const tokens = asFields(line['tokens'])
  const [input, output] = [asCount(tokens?.['in']), asCount(tokens?.['out'])]
  const usage =
    input === null || output === null ? null : { inputTokens: input, cachedTokens: 0, outputTokens: output }
  if (text !== null)
    return { kind: 'text', text, cut: line['cut'] === true, model: null, reasoningTokens: null, usage }
  const reason = asText(line['problem']) ?? 'Acme gave no answer'
  return { kind: 'error', outcome: 'failed', reason, usage, ran: usage !== null }
}
