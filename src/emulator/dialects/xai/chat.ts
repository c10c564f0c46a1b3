import { hash } from 'node:crypto'
import { type Composed, type Ending, compose } from '../../core/answers/compose.ts'
import { type Marker, findMarkers } from '../../core/answers/markers.ts'
import type { Executed } from '../../core/batch/executed.ts'
import { type JsonObject, isArray, isObject, textIn } from '../../core/json.ts'
import type { TokenUsage } from '../../core/records.ts'
import { answerForm } from '../../families/chat/answer-form.ts'
import { readPrompt } from '../../families/chat/prompt.ts'
import { failed, refused } from './errors.ts'
import { type Model, costPicoUsd, findModel, ticksOf } from './models.ts'

export interface ChatScope {
  readonly mode: 'batch' | 'realtime'
  /** 40 hex digits that all ids and choices are derived from. */
  readonly digest: string
  readonly failOnce: boolean
  readonly createdAtSeconds: number
}

/**
 * The result of a body of chat completions or of the Responses API; the answer has the form of a chat completion either
 * way, as in xAI's batches (`@ai-sdk/xai`).
 */
export function runChat(body: JsonObject, scope: ChatScope): Executed {
  const name = textIn(body, 'model')
  const model = findModel(name)
  if (!model) return refused(404, `The model ${name} does not exist or your team does not have access to it.`)
  const wrong = bodyProblem(body)
  if (wrong !== null) return refused(400, wrong)
  const prompt = readPrompt(body)
  const stopped = stoppedByMarker(findMarkers(prompt.user), scope)
  if (stopped) return stopped
  if (prompt.tokens > model.contextTokens || findMarkers(prompt.user).has('context_length'))
    return refused(
      400,
      `This model's maximum prompt length is ${model.contextTokens} but the request contains ${Math.max(prompt.tokens, model.contextTokens + 1)} tokens.`,
    )
  const shape = body['messages'] === undefined ? 'responses' : 'chat'
  const seed = Number.parseInt(scope.digest.slice(0, 8), 16)
  const answer = compose(prompt, answerForm(body, shape), outputLimit(body, model), seed)
  const usage = { inputTokens: prompt.tokens, outputTokens: answer.tokens }
  return { status: 200, usage, body: completion(answer, usage, model, scope) }
}

function bodyProblem(body: JsonObject): string | null {
  if (body['stream'] === true) return 'This emulator does not stream answers.'
  const turns = body['messages'] ?? body['input']
  if (typeof turns === 'string' && turns !== '') return null
  return isArray(turns) && turns.length > 0 && turns.every((turn) => isObject(turn))
    ? null
    : 'Each request needs messages.'
}

/** Outcomes that markers provoke instead of an answer. */
function stoppedByMarker(markers: ReadonlySet<Marker>, scope: ChatScope): Executed | null {
  if (markers.has('server_error') || (markers.has('server_error_once') && scope.failOnce)) return failed(500)
  if (markers.has('rate_limited')) return failed(429)
  return markers.has('content_filter')
    ? refused(403, 'Content violates usage guidelines. Team: offpeak-emulator, Model: any')
    : null
}

function outputLimit(body: JsonObject, { maxOutputTokens }: Model): number {
  const given = body['max_completion_tokens'] ?? body['max_tokens'] ?? body['max_output_tokens']
  return typeof given === 'number' && given >= 1 ? Math.min(given, maxOutputTokens) : maxOutputTokens
}

const finishReasons: Readonly<Record<Ending, string>> = {
  stop: 'stop',
  length: 'length',
  content_filter: 'content_filter',
  refusal: 'stop',
}

function completion(answer: Composed, usage: TokenUsage, model: Model, scope: ChatScope): JsonObject {
  const refusal = answer.ending === 'refusal'
  const { inputTokens, outputTokens } = usage
  return {
    id: uuidOf(scope.digest),
    object: 'chat.completion',
    created: scope.createdAtSeconds,
    model: model.name,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: refusal ? '' : answer.text,
          refusal: refusal ? answer.text : null,
        },
        finish_reason: finishReasons[answer.ending],
      },
    ],
    usage: {
      prompt_tokens: inputTokens,
      completion_tokens: outputTokens,
      total_tokens: inputTokens + outputTokens,
      prompt_tokens_details: {
        text_tokens: inputTokens,
        audio_tokens: 0,
        image_tokens: 0,
        cached_tokens: 0,
      },
      completion_tokens_details: {
        reasoning_tokens: 0,
        audio_tokens: 0,
        accepted_prediction_tokens: 0,
        rejected_prediction_tokens: 0,
      },
      num_sources_used: 0,
      cost_in_usd_ticks: ticksOf(costPicoUsd(model, usage, scope.mode)),
    },
    system_fingerprint: `fp_${scope.digest.slice(0, 10)}`,
    ...(scope.mode === 'realtime' ? { service_tier: 'default' } : {}),
  }
}

/** An answer that ran in the tier of real time: it says so, and costs what it costs there. */
export function inStandardTier(answer: JsonObject): JsonObject {
  const { usage } = answer
  const model = findModel(textIn(answer, 'model'))
  if (!isObject(usage) || !model) return answer
  const tokens = {
    inputTokens: Number(usage['prompt_tokens']),
    outputTokens: Number(usage['completion_tokens']),
  }
  const ticks = ticksOf(costPicoUsd(model, tokens, 'realtime'))
  return { ...answer, usage: { ...usage, cost_in_usd_ticks: ticks }, service_tier: 'default' }
}

function uuidOf(digest: string): string {
  const hex = hash('sha1', digest, 'hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}
