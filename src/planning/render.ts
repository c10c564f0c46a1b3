import { messageOf } from '../domain/errors.ts'
import type { ChatRequest, Message } from '../domain/request.ts'
import type { AnyJob, Prompt } from '../ports/job.ts'

/** What rendering needs besides the row. */
export interface RenderContext {
  readonly job: AnyJob
  readonly model: string
  readonly params: unknown
  readonly examples: readonly unknown[]
  readonly schema: ChatRequest['schema']
}

/** A row as a request, or the reason why its prompt cannot be used. Never throws: `prompt` is the user's code. */
export function render(context: RenderContext, row: unknown): ChatRequest | { readonly problem: string } {
  const { job, model, params, examples, schema } = context
  let prompt: unknown
  try {
    prompt = job.prompt({ row, params, examples })
  } catch (thrown) {
    return { problem: `the prompt threw: ${messageOf(thrown)}` }
  }
  const messages = readPrompt(prompt)
  if (typeof messages === 'string') return { problem: messages }
  for (const { content } of messages) {
    if (!content.isWellFormed())
      return { problem: 'the prompt holds half of a surrogate pair, which is not text' }
  }
  return {
    model,
    messages,
    maxTokens: job.maxTokens ?? null,
    temperature: job.temperature ?? null,
    schema,
    extra: job.parameters ?? {},
  }
}

function readPrompt(prompt: unknown): readonly Message[] | string {
  if (typeof prompt === 'string')
    return prompt === '' ? 'the prompt is empty' : [{ role: 'user', content: prompt }]
  if (typeof prompt !== 'object' || prompt === null)
    return `the prompt is ${prompt === null ? 'null' : typeof prompt}, not a text`
  if (prompt instanceof Promise)
    return 'the prompt is a promise; it must be made without waiting, so that a run can be repeated'
  const given = prompt as Exclude<Prompt, string>
  if ('messages' in given) {
    const usable =
      Array.isArray(given.messages) &&
      given.messages.length > 0 &&
      given.messages.every((message) => typeof message.content === 'string')
    return usable ? given.messages : 'the prompt has no messages with text'
  }
  if (typeof given.user !== 'string' || given.user === '') return 'the prompt has no user message'
  const user: Message = { role: 'user', content: given.user }
  return given.system === undefined ? [user] : [{ role: 'system', content: String(given.system) }, user]
}
