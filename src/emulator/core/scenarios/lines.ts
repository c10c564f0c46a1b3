import { lineError, serverError } from '../../dialects/openai/answers/executed.ts'
import { knownMarkers } from '../answers/markers.ts'
import { type JsonObject, isArray, isObject, parseJson } from '../json.ts'
import { type Scenario, numberOption, textOption } from '../records.ts'
import { withCounts } from '../../dialects/openai/scenarios/batch-object.ts'
import { type BatchScenario, every } from './definition.ts'
import { answerText, usageOf } from '../../dialects/openai/scenarios/answer-parts.ts'
import { type LineAt, answerBody, isStruck, withBody } from './line-play.ts'

const onFirst = (line: LineAt, change: () => readonly string[], text: string): readonly string[] =>
  line.index === 0 ? change() : [text]

/** What is in the output file of a batch, and what is not; all of it is billed as it ran. */
export const lineScenarios: readonly BatchScenario[] = [
  {
    // OpenRouter and Anthropic clients check for it; aqueduct#55 (a server that dropped lines).
    name: 'missing-lines',
    concerns: 'batch',
    summary: 'leaves answers out of both files; they have run and are billed',
    options: {
      every: every(10),
      counts: {
        kind: 'choice',
        of: ['promised', 'honest', 'zero', 'null'],
        fallback: 'promised',
        about: 'request_counts: all that ran, only what is in the file, zeros, or null',
      },
    },
    lines: (scenario) => ({ written: (text, line) => (isStruck(scenario, line) ? [] : [text]) }),
    object: (shown, { batch, scenario }) => {
      const { settlement } = batch
      switch (textOption(scenario, 'counts')) {
        case 'honest':
          return settlement === null ? shown : withCounts(shown, { completed: settlement.outputLines })
        case 'zero':
          return withCounts(shown, { total: 0, completed: 0, failed: 0 })
        case 'null':
          return withCounts(shown, { total: null, completed: null, failed: null })
        default:
          return shown
      }
    },
  },
  {
    // any-llm#1346, GoModel#108.
    name: 'duplicate-lines',
    concerns: 'batch',
    summary: 'writes answers twice',
    options: { every: every(10) },
    lines: (scenario) => ({ written: (text, line) => (isStruck(scenario, line) ? [text, text] : [text]) }),
  },
  {
    // any-llm#1346, GoModel#108.
    name: 'unknown-custom-id',
    concerns: 'batch',
    summary: 'answers a request that nobody sent, beside the others',
    lines: () => ({
      written: (text, line) =>
        onFirst(line, () => [text, withCustomId(text, '"custom_id":"nobody-asked-for-this"')], text),
    }),
  },
  {
    name: 'no-custom-id',
    concerns: 'batch',
    summary: 'leaves the custom_id out of its first line',
    lines: () => ({
      shown: (result, line) => {
        const { custom_id: _customId, ...rest } = result
        return line.index === 0 ? rest : result
      },
    }),
  },
  {
    // A gateway that gives requests ids of its own and does not turn them back.
    name: 'changed-custom-ids',
    concerns: 'batch',
    summary: 'answers every request under a custom_id that is not ours, as a gateway that renames them',
    lines: () => ({
      shown: (result, line) => ({ ...result, custom_id: `gw-${line.index}-${line.batch.id.slice(-8)}` }),
    }),
  },
  {
    name: 'malformed-line',
    concerns: 'batch',
    summary: 'has one line that is no JSON',
    lines: () => ({
      written: (text, line) => onFirst(line, () => [text.slice(0, Math.floor(text.length / 2))], text),
    }),
  },
  {
    name: 'truncated-output',
    concerns: 'batch',
    summary: 'its output file ends in the middle of a line, at the service already',
    options: { bytes: { kind: 'number', fallback: 40, about: 'how many bytes are missing' } },
  },
  {
    // litellm-docs PR 1408, mistralai/client-python#159: the records of the service behind the gateway.
    name: 'raw-lines',
    concerns: 'batch',
    summary: "writes its lines in another service's shape: recordId, modelInput, modelOutput",
    lines: () => ({
      written: (text, line) => {
        const result = parseJson(text)
        const body = isObject(result) && isObject(result['response']) ? result['response']['body'] : undefined
        return [isObject(body) ? JSON.stringify(rawLine(line, body)) : text]
      },
    }),
  },
  {
    // litellm-docs PR 1408.
    name: 'body-as-text',
    concerns: 'batch',
    summary: 'writes response.body as a JSON text in place of an object',
    lines: () => ({ shown: (result) => withBody(result, JSON.stringify(result.response?.body)) }),
  },
  {
    // litellm#35363 (null), #14884 and PR 39861 (a pair of zeros beside the real one), PR 37457.
    name: 'line-usage',
    concerns: 'batch',
    summary: 'writes the usage of its lines in an odd shape; the bill knows the real one',
    options: {
      shape: {
        kind: 'choice',
        of: ['mixed', 'null', 'absent', 'zero', 'zero-pair', 'null-pair', 'total-only'],
        fallback: 'mixed',
        about: 'mixed: null, absent, zero-pair and total-only in turn',
      },
    },
    lines: (scenario) => ({
      shown: (result, line) => {
        const body = answerBody(result)
        return body === null ? result : withBody(result, withOddUsage(scenario, body, line.index))
      },
    }),
  },
  {
    name: 'line-5xx',
    concerns: 'batch',
    summary: 'fails requests with a 500 (or 429, 503 …) in the error file; they are not billed',
    options: { every: every(10), status: { kind: 'number', fallback: 500, about: 'the status of the line' } },
    lines: (scenario) => ({
      instead: (line) => (isStruck(scenario, line) ? serverError(numberOption(scenario, 'status')) : null),
    }),
  },
  {
    // openai-openapi#302: the error is in response.body.error and the line's own error is null.
    name: 'line-4xx',
    concerns: 'batch',
    summary: 'refuses requests with a 400 in the error file; they are not billed',
    options: {
      every: every(10),
      code: {
        kind: 'choice',
        of: [
          'context_length_exceeded',
          'unsupported_value',
          'unsupported_parameter',
          'invalid_image',
          'insufficient_quota',
        ],
        fallback: 'context_length_exceeded',
        about: 'the code of the refusal',
      },
    },
    lines: (scenario) => ({
      instead: (line) =>
        isStruck(scenario, line) ? lineError(textOption(scenario, 'code'), line.model) : null,
    }),
  },
  {
    // OpenAI document, BatchRequestOutput: codes of lines that never ran.
    name: 'line-timeout',
    concerns: 'batch',
    summary: 'gives requests up: response is null and error.code request_timeout',
    options: { every: every(10) },
    lines: (scenario) => ({
      instead: (line) => (isStruck(scenario, line) ? serverError(504) : null),
      shown: (result, line) =>
        isStruck(scenario, line) ? { ...result, response: null, error: timedOut } : result,
    }),
  },
  {
    name: 'outcome',
    concerns: 'batch',
    summary: 'gives requests one of the outcomes that a marker in a text provokes',
    options: {
      every: every(10),
      of: { kind: 'choice', of: [...knownMarkers], fallback: 'refusal', about: 'the marker' },
    },
    lines: (scenario) => ({
      asked: (body, line) =>
        isStruck(scenario, line) ? marked(body, `[[${textOption(scenario, 'of')}]]`) : body,
    }),
  },
]

const timedOut = { code: 'request_timeout', message: 'The request timed out.' } as const

function withCustomId(text: string, written: string): string {
  return text.replace(/"custom_id":"(?:[^"\\]|\\.)*"/, written)
}

/** Amazon Bedrock guide, batch inference: the format of its output records. */
function rawLine(line: LineAt, body: JsonObject): object {
  const { inputTokens, outputTokens } = usageOf(body)
  return {
    recordId: line.customId,
    modelInput: line.body,
    modelOutput: {
      output: { message: { role: 'assistant', content: [{ text: answerText(body) }] } },
      usage: { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens },
    },
  }
}

const mixedShapes: readonly string[] = ['null', 'absent', 'zero-pair', 'total-only']

function withOddUsage(scenario: Scenario, body: JsonObject, index: number): JsonObject {
  const { usage, ...rest } = body
  const { inputTokens, outputTokens } = usageOf(body)
  const total = { total_tokens: inputTokens + outputTokens }
  const given = textOption(scenario, 'shape')
  const shape = given === 'mixed' ? (mixedShapes[index % mixedShapes.length] ?? '') : given
  switch (shape) {
    case 'null':
      return { ...rest, usage: null }
    case 'absent':
      return rest
    case 'zero':
      return { ...rest, usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 } }
    case 'zero-pair':
      return {
        ...rest,
        usage: zeroPair(usage !== undefined && 'input_tokens' in Object(usage), inputTokens, outputTokens),
      }
    case 'null-pair':
      return { ...rest, usage: { prompt_tokens: null, completion_tokens: null, ...total } }
    default:
      return { ...rest, usage: total }
  }
}

/** Both families of names, of which the one that belongs to the endpoint is zero. */
function zeroPair(isResponse: boolean, inputTokens: number, outputTokens: number): JsonObject {
  const chat = { prompt_tokens: inputTokens, completion_tokens: outputTokens }
  const response = { input_tokens: inputTokens, output_tokens: outputTokens }
  const total_tokens = inputTokens + outputTokens
  return isResponse
    ? { ...chat, input_tokens: 0, output_tokens: 0, total_tokens }
    : { ...response, prompt_tokens: 0, completion_tokens: 0, total_tokens }
}

/** One message more, which only the emulator understands. */
function marked(body: JsonObject, marker: string): JsonObject {
  const said = { role: 'user', content: marker }
  const { messages, input } = body
  if (isArray(messages)) return { ...body, messages: [...messages, said] }
  if (typeof input === 'string') return { ...body, input: `${input}\n${marker}` }
  return isArray(input) ? { ...body, input: [...input, said] } : body
}
