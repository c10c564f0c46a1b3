import { type BatchScenario, every } from '../../../core/scenarios/definition.ts'
import { type LineAt, isStruck } from '../../../core/scenarios/line-play.ts'
import { type JsonObject, isObject, parseJson } from '../../../core/json.ts'
import { type Scenario, numberOption, textOption } from '../../../core/records.ts'
import { lineError } from '../answers/executed.ts'
import { answerBody, answerText, usageOf, withBody } from './answer-parts.ts'

/** Lines in shapes that services behind OpenAI's paths were seen to write. */
export const lineScenarios: readonly BatchScenario[] = [
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
    lines: () => ({ shown: (result) => withBody(result, bodyAsText(result)) }),
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
      instead: (line) => (isStruck(scenario, line) ? line.failed(504) : null),
      shown: (result, line) =>
        isStruck(scenario, line) ? { ...result, response: null, error: timedOut } : result,
    }),
  },
]

const timedOut = { code: 'request_timeout', message: 'The request timed out.' } as const

function bodyAsText({ response }: JsonObject): string | undefined {
  return isObject(response) ? JSON.stringify(response['body']) : undefined
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
