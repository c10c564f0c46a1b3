import { threwWords } from '../../domain/user-code.ts'
import type {
  ChatRequest,
  ContentPart,
  EmbeddingRequest,
  Message,
  ModelRequest,
  Task,
} from '../../domain/request.ts'
import type { AnyJob } from '../../ports/job.ts'
import { hash } from 'node:crypto'

/** Values that rendering needs besides the row. */
export interface RenderContext {
  readonly job: AnyJob
  readonly model: string
  readonly task: Task
  readonly params: unknown
  readonly examples: readonly unknown[]
  readonly schema: ChatRequest['schema']
}

/** The names of a job's prompt variants. */
export function variantNames(job: Pick<AnyJob, 'variants'>): readonly string[] {
  return Object.keys(job.variants ?? {})
}

/**
 * A row as a request, or the reason why its prompt cannot be used. Never throws: `prompt` is the user's code. Whether its
 * texts can be encoded is found when they are.
 */
export function render(
  context: RenderContext,
  row: unknown,
  key: string,
): ModelRequest | { readonly problem: string } {
  const { job, task, params, examples } = context
  const variant = variantOf(key, variantNames(job))
  const make = variant === null ? job.prompt : job.variants?.[variant]
  let prompt: unknown
  try {
    prompt = make?.({ row, params, examples })
  } catch (thrown) {
    return { problem: `the prompt threw${threwWords(thrown)}` }
  }
  if (task === 'embedding') return embedding(context, prompt)
  const messages = readPrompt(prompt)
  if (task === 'ocr' && typeof messages !== 'string' && !isOneFile(messages))
    return { problem: 'the prompt is not one file alone: its model reads a document, and is asked nothing' }
  return typeof messages === 'string' ? { problem: messages } : chat(context, messages)
}

/** The part that all requests of a job share: a request without its prompt. */
export function renderBare(context: RenderContext): ModelRequest {
  const { job, model, task } = context
  return task === 'embedding'
    ? { model, input: '', dimensions: job.dimensions ?? null, extra: job.parameters ?? {} }
    : chat(context, [])
}

function chat({ job, model, schema }: RenderContext, messages: readonly Message[]): ChatRequest {
  return {
    model,
    messages,
    maxTokens: job.maxTokens ?? null,
    temperature: job.temperature ?? null,
    schema,
    extra: job.parameters ?? {},
  }
}

function embedding(
  { job, model }: RenderContext,
  input: unknown,
): EmbeddingRequest | { readonly problem: string } {
  if (typeof input !== 'string')
    return { problem: `the input is ${input === null ? 'null' : typeof input}, not a text` }
  if (input.trim() === '') return { problem: 'the input is empty' }
  return { model, input, dimensions: job.dimensions ?? null, extra: job.parameters ?? {} }
}

function readPrompt(prompt: unknown): readonly Message[] | string {
  if (typeof prompt === 'string')
    return prompt === '' ? 'the prompt is empty' : [{ role: 'user', content: prompt }]
  if (typeof prompt !== 'object' || prompt === null)
    return `the prompt is ${prompt === null ? 'null' : typeof prompt}, not a text`
  if (prompt instanceof Promise)
    return 'the prompt is a promise; it must be made without waiting, so that a run can be repeated'
  if ('messages' in prompt) return readMessages(prompt.messages)
  const user: unknown = Reflect.get(prompt, 'user')
  const system: unknown = Reflect.get(prompt, 'system')
  if (!isContent(user) || user.length === 0) return 'the prompt has no user message'
  if (system === undefined) return [{ role: 'user', content: user }]
  if (typeof system !== 'string') return `the system message is ${typeof system}, not a text`
  return [
    { role: 'system', content: system },
    { role: 'user', content: user },
  ]
}

function isOneFile([only, ...others]: readonly Message[]): boolean {
  if (only === undefined || others.length > 0 || typeof only.content === 'string') return false
  return only.content.length === 1 && only.content[0]?.kind === 'file'
}

function readMessages(given: unknown): readonly Message[] | string {
  const usable = Array.isArray(given) && given.length > 0 && given.every(isMessage)
  return usable ? given : 'the prompt has no messages with a role and a content'
}

function isMessage(value: unknown): value is Message {
  if (typeof value !== 'object' || value === null) return false
  const role: unknown = Reflect.get(value, 'role')
  return (
    (role === 'system' || role === 'user' || role === 'assistant') && isContent(Reflect.get(value, 'content'))
  )
}

/**
 * The variant that a record is asked with: the same one for a key in every run, as long as the names stay, and about
 * as many records for each. Null without variants.
 */
export function variantOf(key: string, names: readonly string[]): string | null {
  if (names.length === 0) return null
  const drawn = Number.parseInt(hash('sha256', key, 'hex').slice(0, 8), 16)
  return names[drawn % names.length] ?? null
}

/** Whether a value that a prompt gave is what a message can hold: a text, or parts made by `text` and `attach`. */
export function isContent(value: unknown): value is Message['content'] {
  return typeof value === 'string' || (Array.isArray(value) && value.every(isPart))
}

function isPart(value: unknown): value is ContentPart {
  if (typeof value !== 'object' || value === null) return false
  const kind: unknown = Reflect.get(value, 'kind')
  if (kind === 'text') return typeof Reflect.get(value, 'text') === 'string'
  return (
    kind === 'file' &&
    ['path', 'filename', 'mediaType'].every((name) => typeof Reflect.get(value, name) === 'string')
  )
}
