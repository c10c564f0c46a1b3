import { type Composed, type Ending, compose } from '../../../core/answers/compose.ts'
import { type Marker, findMarkers } from '../../../core/answers/markers.ts'
import type { Prompt } from '../../../core/answers/prompt.ts'
import type { Executed } from '../../../core/batch/executed.ts'
import { type JsonObject, parseJson } from '../../../core/json.ts'
import { failed, refused } from '../errors.ts'
import { responseId } from '../ids.ts'
import type { Model } from '../models.ts'
import { type ForcedCall, answerForm, configOf, forcedCall } from './answer-form.ts'
import { readPrompt } from './prompt.ts'
import { requestError, tooLong } from './request-check.ts'
import { showsThoughts, thoughtTokens } from './thinking.ts'

/** The context of an execution, beside the body. */
export interface GenerateScope {
  readonly model: Model
  /** 40 hex digits that all ids and choices are derived from. */
  readonly digest: string
  /** True while a `[[server_error_once]]` request has not failed yet. */
  readonly failOnce: boolean
  /** Prompt tokens, when they have been counted before. */
  readonly knownTokens?: number | undefined
}

/**
 * The result of a GenerateContentRequest. The body of a refusal is its google.rpc.Status, for a result line to hold.
 */
export function runGenerate(body: JsonObject, scope: GenerateScope): Executed {
  const { model } = scope
  const prompt = readPrompt(body, scope.knownTokens)
  const wrong = requestError(body, model, prompt)
  if (wrong !== null) return refused('INVALID_ARGUMENT', wrong)
  return stoppedByMarker(findMarkers(prompt.user), prompt, scope) ?? answered(body, prompt, scope)
}

/** Outcomes that markers provoke instead of an answer. */
function stoppedByMarker(
  markers: ReadonlySet<Marker>,
  prompt: Prompt,
  scope: GenerateScope,
): Executed | null {
  if (markers.size === 0) return null
  if (markers.has('server_error') || (markers.has('server_error_once') && scope.failOnce)) return failed(500)
  if (markers.has('rate_limited')) return failed(429)
  if (markers.has('content_filter')) return blocked(prompt, scope)
  const { contextTokens } = scope.model
  return markers.has('context_length')
    ? refused('INVALID_ARGUMENT', tooLong(contextTokens + prompt.tokens, contextTokens))
    : null
}

/** A prompt that is blocked is an answer without candidates, and no error; what was read is billed. */
function blocked(prompt: Prompt, scope: GenerateScope): Executed {
  return response(scope, [], {
    promptTokens: prompt.tokens,
    candidatesTokens: 0,
    thoughtsTokens: 0,
    promptFeedback: { blockReason: 'PROHIBITED_CONTENT' },
  })
}

function answered(body: JsonObject, prompt: Prompt, scope: GenerateScope): Executed {
  const { candidateCount, maxOutputTokens } = configOf(body)
  const limit = typeof maxOutputTokens === 'number' ? maxOutputTokens : scope.model.maxOutputTokens
  const thoughts = thoughtTokens(body, scope.model, limit)
  const forced = forcedCall(body)
  const seed = Number.parseInt(scope.digest.slice(0, 8), 16)
  const answers = Array.from(
    { length: typeof candidateCount === 'number' ? candidateCount : 1 },
    (_value, index) => compose(prompt, forced?.form ?? answerForm(body), limit - thoughts, seed + index),
  )
  const thought = thoughts > 0 && showsThoughts(body)
  return response(
    scope,
    answers.map((answer, index) => candidate(answer, index, forced, thought)),
    {
      promptTokens: prompt.tokens,
      candidatesTokens: answers.reduce(
        (sum, { ending, tokens }) => sum + (ending === 'refusal' ? 0 : tokens),
        0,
      ),
      thoughtsTokens: thoughts,
    },
  )
}

interface Counted {
  readonly promptTokens: number
  readonly candidatesTokens: number
  readonly thoughtsTokens: number
  readonly promptFeedback?: JsonObject
}

/** As recorded: what is nothing is left out, thoughts are beside the candidates, and a batch says `standard` too. */
function response(
  { model, digest }: GenerateScope,
  candidates: readonly JsonObject[],
  { promptTokens, candidatesTokens, thoughtsTokens, promptFeedback }: Counted,
): Executed {
  return {
    status: 200,
    usage: { inputTokens: promptTokens, outputTokens: candidatesTokens + thoughtsTokens },
    body: {
      ...(candidates.length === 0 ? {} : { candidates }),
      ...(promptFeedback === undefined ? {} : { promptFeedback }),
      usageMetadata: {
        promptTokenCount: promptTokens,
        ...(candidatesTokens === 0 ? {} : { candidatesTokenCount: candidatesTokens }),
        totalTokenCount: promptTokens + candidatesTokens + thoughtsTokens,
        promptTokensDetails: [{ modality: 'TEXT', tokenCount: promptTokens }],
        ...(thoughtsTokens === 0 ? {} : { thoughtsTokenCount: thoughtsTokens }),
        serviceTier: 'standard',
      },
      modelVersion: model.name,
      responseId: responseId(digest),
    },
  }
}

const finishReasons: Readonly<Record<Ending, string>> = {
  stop: 'STOP',
  length: 'MAX_TOKENS',
  content_filter: 'SAFETY',
  refusal: 'SAFETY',
}

function candidate(answer: Composed, index: number, forced: ForcedCall | null, thought: boolean): JsonObject {
  const parts = [
    ...(thought ? [{ text: 'What is asked, and what is said of it.', thought: true }] : []),
    ...answerParts(answer, forced),
  ]
  return {
    // An answer that is withheld has no content.
    ...(answer.ending === 'refusal'
      ? {}
      : { content: { ...(parts.length === 0 ? {} : { parts }), role: 'model' } }),
    finishReason: finishReasons[answer.ending],
    index,
  }
}

/** `[[split]]`: one answer in two parts. */
function answerParts({ text, ending, markers }: Composed, forced: ForcedCall | null): readonly JsonObject[] {
  const args = forced !== null && ending === 'stop' ? parseJson(text) : undefined
  if (forced !== null && args !== undefined) return [{ functionCall: { name: forced.name, args } }]
  const half = Math.ceil(text.length / 2)
  const texts = markers.has('split') ? [text.slice(0, half), text.slice(half)] : [text]
  return texts.filter((part) => part !== '').map((part) => ({ text: part }))
}
