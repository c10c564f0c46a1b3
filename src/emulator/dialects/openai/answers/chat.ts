import { compose, type Composed, type Ending } from '../../../core/answers/compose.ts'
import type { Executed } from '../../../core/batch/executed.ts'
import {
  type RequestScope,
  safeRatings,
  contentFiltered,
  rateLimited,
  refused,
  serverError,
} from './executed.ts'
import { type JsonObject, isArray, isObject, textIn } from '../../../core/json.ts'
import { type Marker, findMarkers } from '../../../core/answers/markers.ts'
import type { Prompt } from '../../../core/answers/prompt.ts'
import { readPrompt } from '../../../families/chat/prompt.ts'
import type { AnswerForm } from '../../../core/answers/answer-form.ts'
import { answerForm } from '../../../families/chat/answer-form.ts'
import { contextLengthError, outputLimit, requestError } from './request-check.ts'

/** The result of `POST /chat/completions` (OpenAI document, CreateChatCompletionResponse). */
export function runChat(body: JsonObject, scope: RequestScope): Executed {
  const prompt = readPrompt(body, scope.knownTokens)
  const error = requestError(body, 'chat', scope.model, prompt)
  if (error) return refused(400, error)
  const stopped = stoppedByMarker(findMarkers(prompt.user), prompt, scope, 'messages')
  if (stopped) return stopped

  const tool = forcedTool(body)
  const form = tool?.form ?? answerForm(body, 'chat')
  const count = typeof body['n'] === 'number' ? body['n'] : 1
  const answers = Array.from({ length: count }, (_value, index) =>
    compose(prompt, form, outputLimit(body, scope.model), seedOf(scope, index)),
  )
  const outputTokens = answers.reduce((sum, answer) => sum + answer.tokens, 0)
  const azure = scope.profile === 'azure'
  return {
    status: 200,
    usage: { inputTokens: prompt.tokens, outputTokens },
    body: {
      id: `chatcmpl-${scope.digest.slice(0, 29)}`,
      object: 'chat.completion',
      created: scope.createdAtSeconds,
      model: azure ? scope.model.name : scope.requestedModel,
      choices: answers.map((answer, index) => choice(answer, index, tool, scope)),
      usage: {
        prompt_tokens: prompt.tokens,
        completion_tokens: outputTokens,
        total_tokens: prompt.tokens + outputTokens,
        prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
        completion_tokens_details: {
          reasoning_tokens: 0,
          audio_tokens: 0,
          accepted_prediction_tokens: 0,
          rejected_prediction_tokens: 0,
        },
      },
      service_tier: 'default',
      system_fingerprint: `fp_${scope.digest.slice(30, 40)}`,
      ...(azure ? { prompt_filter_results: [{ prompt_index: 0, content_filter_results: safeRatings }] } : {}),
    },
  }
}

export function seedOf(scope: RequestScope, index: number): number {
  return Number.parseInt(scope.digest.slice(0, 8), 16) + index
}

/** Outcomes that markers provoke instead of an answer. */
export function stoppedByMarker(
  markers: ReadonlySet<Marker>,
  prompt: Prompt,
  scope: RequestScope,
  param: string,
): Executed | null {
  if (markers.size === 0) return null
  if (markers.has('server_error') || (markers.has('server_error_once') && scope.failOnce))
    return serverError()
  if (markers.has('rate_limited')) return rateLimited()
  if (markers.has('content_filter')) return contentFiltered(scope.profile)
  if (!markers.has('context_length')) return null
  const { contextTokens } = scope.model
  return refused(400, contextLengthError(param, contextTokens, contextTokens + prompt.tokens))
}

const finishReasons: Readonly<Record<Ending, string>> = {
  stop: 'stop',
  length: 'length',
  content_filter: 'content_filter',
  refusal: 'stop',
}

function choice(answer: Composed, index: number, forced: ForcedTool | null, scope: RequestScope): object {
  const tool = answer.ending === 'stop' ? forced : null
  const refusal = answer.ending === 'refusal'
  const call = tool === null ? null : toolCall(tool, answer, `call_${index}${scope.digest.slice(0, 23)}`)
  return {
    index,
    message: {
      role: 'assistant',
      content: refusal || call !== null ? null : answer.text,
      refusal: refusal ? answer.text : null,
      ...(call === null ? {} : { tool_calls: [call] }),
      annotations: [],
    },
    logprobs: null,
    finish_reason: call === null ? finishReasons[answer.ending] : 'tool_calls',
    ...(scope.profile === 'azure' ? { content_filter_results: safeRatings } : {}),
  }
}

interface ForcedTool {
  readonly name: string
  readonly form: AnswerForm
}

/** The function that the request insists on, whose parameters the answer must fit. */
function forcedTool(body: JsonObject): ForcedTool | null {
  const wanted = body['tool_choice']
  const functions = (isArray(body['tools']) ? body['tools'] : [])
    .map((tool) => (isObject(tool) ? tool['function'] : undefined))
    .filter((item) => isObject(item))
  const wantedName = isObject(wanted) ? textIn(wanted['function'], 'name') : ''
  const chosen =
    wanted === 'required' ? functions[0] : functions.find((item) => textIn(item, 'name') === wantedName)
  if (!chosen) return null
  const schema = chosen['parameters']
  return {
    name: textIn(chosen, 'name'),
    form: { kind: 'schema', schema: isObject(schema) ? schema : { type: 'object' } },
  }
}

function toolCall(tool: ForcedTool, answer: Composed, id: string): object {
  return { id, type: 'function', function: { name: tool.name, arguments: answer.text } }
}
