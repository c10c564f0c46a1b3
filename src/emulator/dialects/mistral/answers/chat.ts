import type { AnswerForm } from '../../../core/answers/answer-form.ts'
import { type Composed, type Ending, compose } from '../../../core/answers/compose.ts'
import { type Marker, findMarkers } from '../../../core/answers/markers.ts'
import type { Prompt } from '../../../core/answers/prompt.ts'
import type { Executed } from '../../../core/batch/executed.ts'
import { type JsonObject, isArray, isObject, textIn } from '../../../core/json.ts'
import { failed, refused, refusedFor } from '../errors.ts'
import { answerId } from '../ids.ts'
import type { Model } from '../models.ts'
import { chatErrors, lastRoleError } from './chat-check.ts'
import { objectIn } from './fields.ts'
import { readPrompt } from './prompt.ts'
import type { RequestScope } from './request-scope.ts'
import { chatUsage } from './usage.ts'

/** The result of `POST /v1/chat/completions`. */
export function runChat(body: JsonObject, scope: RequestScope): Executed {
  const wrong = chatErrors(body)
  if (wrong.length > 0) return refusedFor(...wrong)
  if (body['stream'] === true) return refused(400, { message: 'This emulator does not stream answers.' })
  const order = lastRoleError(body)
  if (order !== null) return refused(400, { message: order, code: '3230' })
  const prompt = readPrompt(body)
  if (prompt.tokens > scope.model.contextTokens) return tooLong(prompt.tokens, scope.model)
  return stoppedByMarker(findMarkers(prompt.user), prompt, scope) ?? answered(body, prompt, scope)
}

/** As it was seen in issues. */
function tooLong(tokens: number, { name, contextTokens }: Model): Executed {
  return refused(400, {
    message: `Prompt contains ${tokens} tokens and 0 draft tokens, too large for model ${name} with ${contextTokens} maximum context length`,
    type: 'invalid_request_prompt',
    code: '3051',
  })
}

/** Outcomes that markers provoke instead of an answer. */
function stoppedByMarker(
  markers: ReadonlySet<Marker>,
  prompt: Prompt,
  { model, failOnce }: RequestScope,
): Executed | null {
  if (markers.size === 0) return null
  if (markers.has('server_error') || (markers.has('server_error_once') && failOnce)) return failed(500)
  if (markers.has('rate_limited')) return failed(429)
  // The service has no filter of its own; a guardrail that was asked for refuses with a 403.
  if (markers.has('content_filter'))
    return refused(403, { message: 'The request was refused by a guardrail.' })
  return markers.has('context_length') ? tooLong(model.contextTokens + prompt.tokens, model) : null
}

/** What an answer spends on its reasoning, unless its limit is so low that a quarter of it is less. */
const usualReasoningTokens = 48

function answered(body: JsonObject, prompt: Prompt, scope: RequestScope): Executed {
  const { max_tokens: given, n } = body
  const limit = typeof given === 'number' ? Math.max(1, given) : scope.model.maxOutputTokens
  const reasoning = reasons(body, scope.model) ? Math.min(usualReasoningTokens, Math.floor(limit / 4)) : 0
  const tool = forcedTool(body)
  const seed = Number.parseInt(scope.digest.slice(0, 8), 16)
  const answers = Array.from({ length: typeof n === 'number' ? n : 1 }, (_value, index) =>
    compose(prompt, tool?.form ?? answerForm(body), limit - reasoning, seed + index),
  )
  const outputTokens = answers.reduce((sum, { tokens }) => sum + tokens + reasoning, 0)
  return {
    status: 200,
    usage: { inputTokens: prompt.tokens, outputTokens },
    body: {
      id: answerId(scope.digest),
      object: 'chat.completion',
      model: scope.requestedModel,
      usage: chatUsage(prompt.tokens, outputTokens),
      created: scope.createdAtSeconds,
      choices: answers.map((answer, index) => choice(answer, index, { tool, reasoning, scope })),
    },
  }
}

function reasons(body: JsonObject, model: Model): boolean {
  const effort = body['reasoning_effort']
  return model.reasons === 'always' || (model.reasons === 'when asked' && effort === 'high')
}

/** The service has no word for a refusal: it is text like any other. */
const finishReasons: Readonly<Record<Ending, string>> = {
  stop: 'stop',
  length: 'length',
  content_filter: 'error',
  refusal: 'stop',
}

function choice(
  answer: Composed,
  index: number,
  {
    tool,
    reasoning,
    scope,
  }: { readonly tool: ForcedTool | null; readonly reasoning: number; readonly scope: RequestScope },
): object {
  const called = tool !== null && answer.ending === 'stop'
  return {
    index,
    finish_reason: called ? 'tool_calls' : finishReasons[answer.ending],
    message: {
      role: 'assistant',
      content: called ? '' : contentOf(answer.text, reasoning),
      tool_calls: called
        ? [
            {
              id: scope.digest.slice(index, index + 9),
              function: { name: tool.name, arguments: answer.text },
              index: 0,
            },
          ]
        : null,
      tool_call_id: null,
      index: null,
      metadata: null,
    },
  }
}

/** A model that reasons answers in chunks, its thoughts before its text. */
function contentOf(text: string, reasoning: number): string | readonly object[] {
  if (reasoning === 0) return text
  const thoughts = [{ type: 'text', text: 'What is asked, and what is said of it.' }]
  return [
    { type: 'thinking', thinking: thoughts, closed: true },
    { type: 'text', text },
  ]
}

function answerForm(body: JsonObject): AnswerForm {
  const format = objectIn(body, 'response_format')
  const type = textIn(format ?? undefined, 'type')
  if (type === 'json_object') return { kind: 'json' }
  if (type !== 'json_schema') return { kind: 'text' }
  const schema = objectIn(objectIn(format ?? undefined, 'json_schema') ?? undefined, 'schema')
  return schema === null ? { kind: 'json' } : { kind: 'schema', schema }
}

interface ForcedTool {
  readonly name: string
  readonly form: AnswerForm
}

/** The function that the request insists on, whose parameters the answer must fit. */
function forcedTool(body: JsonObject): ForcedTool | null {
  const choice = body['tool_choice']
  const functions = (isArray(body['tools']) ? body['tools'] : [])
    .map((tool) => (isObject(tool) ? tool['function'] : undefined))
    .filter((item) => isObject(item))
  const wanted = isObject(choice) ? textIn(choice['function'], 'name') : ''
  const chosen =
    choice === 'any' || choice === 'required'
      ? functions[0]
      : functions.find((item) => textIn(item, 'name') === wanted)
  if (!chosen) return null
  const schema = chosen['parameters']
  return {
    name: textIn(chosen, 'name'),
    form: { kind: 'schema', schema: isObject(schema) ? schema : { type: 'object' } },
  }
}
