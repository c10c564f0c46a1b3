import { seedOf, stoppedByMarker } from './chat.ts'
import { compose, type Composed } from '../../../core/answers/compose.ts'
import type { Executed } from '../../../core/batch/executed.ts'
import { type RequestScope, safeRatings, refused } from './executed.ts'
import type { JsonObject } from '../../../core/json.ts'
import { findMarkers } from '../../../core/answers/markers.ts'
import { readPrompt } from '../../../families/chat/prompt.ts'
import { answerForm } from '../../../families/chat/answer-form.ts'
import { outputLimit, requestError } from './request-check.ts'

/** The result of `POST /responses` (OpenAI document, Response). */
export function runResponse(body: JsonObject, scope: RequestScope): Executed {
  const prompt = readPrompt(body, scope.knownTokens)
  const error = requestError(body, 'responses', scope.model, prompt)
  if (error) return refused(400, error)
  const stopped = stoppedByMarker(findMarkers(prompt.user), prompt, scope, 'input')
  if (stopped) return stopped

  const answer = compose(
    prompt,
    answerForm(body, 'responses'),
    outputLimit(body, scope.model),
    seedOf(scope, 0),
  )
  const incomplete = answer.ending === 'length' || answer.ending === 'content_filter'
  const azure = scope.profile === 'azure'
  return {
    status: 200,
    usage: { inputTokens: prompt.tokens, outputTokens: answer.tokens },
    body: {
      id: `resp_${scope.digest}`,
      object: 'response',
      created_at: scope.createdAtSeconds,
      status: incomplete ? 'incomplete' : 'completed',
      background: false,
      error: null,
      incomplete_details: incomplete ? { reason: incompleteReason(answer) } : null,
      instructions: body['instructions'] ?? null,
      max_output_tokens: body['max_output_tokens'] ?? null,
      metadata: body['metadata'] ?? {},
      model: azure ? scope.model.name : scope.requestedModel,
      output: messages(answer, scope),
      parallel_tool_calls: body['parallel_tool_calls'] ?? true,
      previous_response_id: null,
      reasoning: { effort: null, summary: null },
      service_tier: 'default',
      store: body['store'] ?? true,
      temperature: body['temperature'] ?? 1,
      text: body['text'] ?? { format: { type: 'text' } },
      tool_choice: body['tool_choice'] ?? 'auto',
      tools: body['tools'] ?? [],
      top_p: body['top_p'] ?? 1,
      truncation: body['truncation'] ?? 'disabled',
      usage: {
        input_tokens: prompt.tokens,
        input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
        output_tokens: answer.tokens,
        output_tokens_details: { reasoning_tokens: 0 },
        total_tokens: prompt.tokens + answer.tokens,
      },
      ...(azure ? { content_filter_results: safeRatings } : {}),
    },
  }
}

function incompleteReason(answer: Composed): string {
  return answer.ending === 'content_filter' ? 'content_filter' : 'max_output_tokens'
}

/** `[[split]]`: a first message that is cut, the whole answer in a second one, as seen in production. */
function messages(answer: Composed, scope: RequestScope): readonly object[] {
  const texts = answer.markers.has('split')
    ? [answer.text.slice(0, Math.ceil(answer.text.length / 2)), answer.text]
    : [answer.text]
  return texts.map((text, index) => ({
    id: `msg_${index}${scope.digest.slice(1)}`,
    type: 'message',
    role: 'assistant',
    status: answer.ending === 'length' ? 'incomplete' : 'completed',
    content: [
      answer.ending === 'refusal'
        ? { type: 'refusal', refusal: text }
        : { type: 'output_text', text, annotations: [], logprobs: [] },
    ],
  }))
}
