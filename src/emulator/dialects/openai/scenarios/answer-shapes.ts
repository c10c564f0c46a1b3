import type { Executed } from '../../../core/batch/executed.ts'
import { outputLimit } from '../answers/request-check.ts'
import { type Json, type JsonObject, asJson, textIn } from '../../../core/json.ts'
import type { Scenario } from '../../../core/records.ts'
import { answerBody, answerText, items, usageOf, withBody } from './answer-parts.ts'
import { type BatchScenario, every } from '../../../core/scenarios/definition.ts'
import { type LineAt, type LinePlay, isStruck } from '../../../core/scenarios/line-play.ts'

/** Scenarios of answers that are there and are no good; each was seen with status 200, and each is billed. */
export const answerShapeScenarios: readonly BatchScenario[] = [
  {
    // InternLM/MindSearch#310 (Azure): choices is an empty list, usage is not.
    name: 'no-choices',
    concerns: 'batch',
    summary: 'answers with an empty list of choices (of output, of vectors), and with usage',
    options: { every: every(1) },
    lines: (scenario) => ({
      shown: (result, line) => {
        const body = isStruck(scenario, line) ? answerBody(result) : null
        return body === null ? result : withBody(result, emptied(body))
      },
    }),
  },
  {
    // AstrBot PR 7410, promptfoo PR 2822: finish_reason stop, content null or '', completion tokens billed.
    name: 'empty-content',
    concerns: 'batch',
    summary: 'answers with no content in turn null, empty and blank, and finishes as if all were well',
    options: { every: every(1) },
    lines: (scenario) =>
      changed(scenario, (body, line) =>
        withContent(body, blankTexts[line.index % blankTexts.length] ?? null),
      ),
  },
  {
    // immich-video-memory-generator#970, vllm#24184: the whole limit goes into reasoning.
    name: 'reasoning-eats-limit',
    concerns: 'batch',
    summary: 'spends the whole output limit on reasoning: cut short, empty, billed to the limit',
    options: { every: every(1) },
    lines: (scenario) => ({
      ran: (executed, line) => (isStruck(scenario, line) ? onlyReasoning(executed, line) : executed),
    }),
  },
  {
    // vercel/ai PR 19643: an answer that is nothing but a call of a tool.
    name: 'tool-call-only',
    concerns: 'batch',
    summary: 'answers with a tool call and no text',
    options: { every: every(1) },
    lines: (scenario) => changed(scenario, (body, line) => toolCall(body, `call_${line.index}`)),
  },
  {
    // OpenAI document, Response: status failed with error and usage. In chat, as routers write it.
    name: 'failed-response',
    concerns: 'batch',
    summary: 'answers 200 with a response that failed: an error, no text, and usage',
    options: { every: every(1) },
    lines: (scenario) => changed(scenario, failed),
  },
  {
    // tobert/kaibo PR 93, vercel/ai PR 19643: items before the message, text in several parts.
    name: 'response-items',
    concerns: 'batch',
    summary:
      'puts reasoning and web_search_call items before the message of a response, its text in two parts',
    options: { every: every(1) },
    lines: (scenario) => changed(scenario, withItems),
  },
]

const blankTexts: readonly (string | null)[] = [null, '', ' \n']

/** Changes what an answered line shows of its text (vectors have none); its bill stays. */
function changed(scenario: Scenario, change: (body: JsonObject, line: LineAt) => JsonObject): LinePlay {
  return {
    shown: (result, line) => {
      const body = isStruck(scenario, line) ? answerBody(result) : null
      return body === null || 'data' in body ? result : withBody(result, change(body, line))
    },
  }
}

function emptied(body: JsonObject): JsonObject {
  return {
    ...body,
    ...('choices' in body ? { choices: [] } : {}),
    ...('output' in body ? { output: [] } : {}),
    ...('data' in body ? { data: [] } : {}),
  }
}

function withChoices(body: JsonObject, change: (choice: JsonObject) => JsonObject): JsonObject {
  return { ...body, choices: items(body['choices']).map(change) }
}

function withMessage(choice: JsonObject, message: JsonObject): JsonObject {
  return { ...choice, message: { ...asJson(choice['message']), ...message } }
}

function withContent(body: JsonObject, text: string | null): JsonObject {
  if ('choices' in body) return withChoices(body, (choice) => withMessage(choice, { content: text }))
  return withReasoning(body, text === null ? [] : [message(text)])
}

/** A response whose output is these items after a reasoning item. */
function withReasoning(body: JsonObject, output: readonly Json[]): JsonObject {
  return { ...body, output: [reasoningItem(textIn(body, 'id')), ...output] }
}

function reasoningItem(id: string): JsonObject {
  return { id: `rs_${id}`, type: 'reasoning', summary: [] }
}

function message(text: string): JsonObject {
  return {
    id: 'msg_0',
    type: 'message',
    role: 'assistant',
    status: 'completed',
    content: [{ type: 'output_text', text, annotations: [] }],
  }
}

function onlyReasoning(executed: Executed, line: LineAt): Executed {
  const body = asJson(executed.body)
  if (executed.usage === null || body === null || line.model === null) return executed
  // The limit bounds each choice.
  const outputTokens = outputLimit(line.body, line.model) * Math.max(1, items(body['choices']).length)
  const usage = { ...executed.usage, outputTokens }
  return { ...executed, usage, body: withLimitReached(body, usage.inputTokens, outputTokens) }
}

function withLimitReached(body: JsonObject, inputTokens: number, outputTokens: number): JsonObject {
  const total_tokens = inputTokens + outputTokens
  if ('choices' in body) {
    return {
      ...withChoices(body, (choice) => ({
        ...withMessage(choice, { content: '' }),
        finish_reason: 'length',
      })),
      usage: {
        ...asJson(body['usage']),
        completion_tokens: outputTokens,
        total_tokens,
        completion_tokens_details: { reasoning_tokens: outputTokens },
      },
    }
  }
  if (!('output' in body)) return body
  return {
    ...withReasoning(body, []),
    status: 'incomplete',
    incomplete_details: { reason: 'max_output_tokens' },
    usage: {
      ...asJson(body['usage']),
      output_tokens: outputTokens,
      output_tokens_details: { reasoning_tokens: outputTokens },
      total_tokens,
    },
  }
}

function toolCall(body: JsonObject, id: string): JsonObject {
  if ('choices' in body) {
    const call = { id, type: 'function', function: { name: 'lookup', arguments: '{}' } }
    return withChoices(body, (choice) => ({
      ...withMessage(choice, { content: null, tool_calls: [call] }),
      finish_reason: 'tool_calls',
    }))
  }
  const item = {
    id: `fc_${id}`,
    type: 'function_call',
    name: 'lookup',
    arguments: '{}',
    call_id: id,
    status: 'completed',
  }
  return withReasoning(body, [item])
}

function failed(body: JsonObject): JsonObject {
  const said = 'An error occurred while processing your request.'
  if ('choices' in body) {
    return withChoices(body, (choice) => ({
      ...withMessage(choice, { content: '' }),
      finish_reason: 'error',
      error: { code: 502, message: said },
    }))
  }
  return { ...withReasoning(body, []), status: 'failed', error: { code: 'server_error', message: said } }
}

function withItems(body: JsonObject): JsonObject {
  if (!('output' in body)) return body
  const text = answerText(body)
  const half = Math.ceil(text.length / 2)
  const part = (piece: string): JsonObject => ({ type: 'output_text', text: piece, annotations: [] })
  const search = {
    id: 'ws_0',
    type: 'web_search_call',
    status: 'completed',
    action: { type: 'search', query: 'what is known of it' },
  }
  const { inputTokens, outputTokens } = usageOf(body)
  return {
    ...withReasoning(body, [
      search,
      { ...message(''), content: [part(text.slice(0, half)), part(text.slice(half))] },
    ]),
    usage: {
      input_tokens: inputTokens,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: outputTokens,
      output_tokens_details: { reasoning_tokens: Math.floor(outputTokens / 2) },
      total_tokens: inputTokens + outputTokens,
    },
  }
}
