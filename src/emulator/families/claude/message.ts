import type { AnswerForm } from '../../core/answers/answer-form.ts'
import { type Composed, type Ending, compose } from '../../core/answers/compose.ts'
import { type Marker, findMarkers } from '../../core/answers/markers.ts'
import type { Executed } from '../../core/batch/executed.ts'
import { type JsonObject, isArray, isObject, parseJson, textIn } from '../../core/json.ts'
import { failed, refused } from './errors.ts'
import { derivedId } from './ids.ts'
import { type Model, findModel } from './models.ts'
import { type ReadPrompt, readPrompt } from './prompt.ts'
import { modelError, shapeError, tooLong, unknownModel } from './request-check.ts'
import { usageObject, usageOf } from './usage.ts'

/** The context of an execution, beside the body. */
export interface MessageScope {
  readonly tier: 'batch' | 'standard'
  /** 40 hex digits that all ids and choices are derived from. */
  readonly digest: string
  /** True while a `[[server_error_once]]` request has not failed yet. */
  readonly failOnce: boolean
  /** Whether a beginning with this digest was kept in the cache by an earlier request. */
  isCached(digest: string): boolean
}

/** The result of `POST /v1/messages`. The body of a refusal is the error itself, for a result line to wrap. */
export function runMessage(body: JsonObject, scope: MessageScope): Executed {
  const wrong = shapeError(body)
  if (wrong !== null) return refused(400, wrong)
  const model = findModel(textIn(body, 'model'))
  if (!model) return refused(404, unknownModel(body))
  if (body['stream'] === true) return refused(400, 'stream: Streaming is not supported here')
  const prompt = readPrompt(body, model.tokenFactor)
  const error = modelError(body, model, prompt)
  if (error !== null) return refused(400, error)
  return (
    stoppedByMarker(findMarkers(prompt.user), prompt, model, scope) ?? answered(body, prompt, model, scope)
  )
}

/** Outcomes that markers provoke instead of an answer. */
function stoppedByMarker(
  markers: ReadonlySet<Marker>,
  prompt: ReadPrompt,
  { contextTokens }: Model,
  scope: MessageScope,
): Executed | null {
  if (markers.size === 0) return null
  if (markers.has('server_error') || (markers.has('server_error_once') && scope.failOnce)) return failed(500)
  if (markers.has('rate_limited')) return failed(429)
  if (markers.has('content_filter')) return refused(400, 'Output blocked by content filtering policy')
  return markers.has('context_length')
    ? refused(400, tooLong(contextTokens + prompt.tokens, contextTokens))
    : null
}

function answered(body: JsonObject, prompt: ReadPrompt, model: Model, scope: MessageScope): Executed {
  const maxTokens = Number(body['max_tokens'])
  const thinkingTokens = thinks(body, model) ? Math.min(usualThinkingTokens, Math.floor(maxTokens / 4)) : 0
  const tool = forcedTool(body)
  const seed = Number.parseInt(scope.digest.slice(0, 8), 16)
  const answer = compose(prompt, tool?.form ?? answerForm(body), maxTokens - thinkingTokens, seed)
  const usage = usageOf(prompt, answer.tokens + thinkingTokens, (digest) => scope.isCached(digest))
  return {
    status: 200,
    usage,
    body: {
      id: derivedId('msg', scope.digest),
      type: 'message',
      role: 'assistant',
      model: textIn(body, 'model'),
      container: null,
      content: [
        ...(thinkingTokens === 0 ? [] : [thinkingBlock(scope)]),
        ...contentBlocks(answer, tool, scope),
      ],
      diagnostics: null,
      stop_details: null,
      stop_reason: tool !== null && answer.ending === 'stop' ? 'tool_use' : stopReasons[answer.ending],
      stop_sequence: null,
      usage: usageObject(usage, thinkingTokens, scope.tier),
    },
  }
}

const stopReasons: Readonly<Record<Ending, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  content_filter: 'refusal',
  refusal: 'refusal',
}

/** What an answer spends on thinking, unless its limit is so low that a quarter of it is less. */
const usualThinkingTokens = 64

function thinks(body: JsonObject, model: Model): boolean {
  if (model.thinks === 'always') return true
  const { thinking } = body
  const type = isObject(thinking) ? thinking['type'] : undefined
  return model.thinks === 'by default' ? type !== 'disabled' : type === 'enabled' || type === 'adaptive'
}

export function thinkingBlock({ digest }: Pick<MessageScope, 'digest'>): JsonObject {
  return { type: 'thinking', thinking: '', signature: `sig_${digest}` }
}

/** `[[split]]`: one answer in two blocks. */
function contentBlocks(
  answer: Composed,
  tool: ForcedTool | null,
  scope: MessageScope,
): readonly JsonObject[] {
  const input = tool === null ? undefined : parseJson(answer.text)
  if (tool !== null && input !== undefined)
    return [
      {
        type: 'tool_use',
        id: derivedId('toolu', scope.digest),
        name: tool.name,
        input,
        caller: { type: 'direct' },
      },
    ]
  const half = Math.ceil(answer.text.length / 2)
  const texts = answer.markers.has('split')
    ? [answer.text.slice(0, half), answer.text.slice(half)]
    : [answer.text]
  return texts.filter((text) => text !== '').map((text) => ({ type: 'text', text, citations: null }))
}

function answerForm(body: JsonObject): AnswerForm {
  const config = body['output_config']
  const format = isObject(config) ? config['format'] : undefined
  const schema = isObject(format) ? format['schema'] : undefined
  return isObject(schema) ? { kind: 'schema', schema } : { kind: 'text' }
}

interface ForcedTool {
  readonly name: string
  readonly form: AnswerForm
}

/** The tool that the request insists on, whose schema the answer must fit. */
function forcedTool(body: JsonObject): ForcedTool | null {
  const choice = body['tool_choice']
  const type = textIn(choice, 'type')
  const tools = (isArray(body['tools']) ? body['tools'] : []).filter((tool) => isObject(tool))
  const chosen =
    type === 'any'
      ? tools[0]
      : type === 'tool'
        ? tools.find((tool) => tool['name'] === textIn(choice, 'name'))
        : undefined
  if (!chosen) return null
  const schema = chosen['input_schema']
  return {
    name: textIn(chosen, 'name'),
    form: { kind: 'schema', schema: isObject(schema) ? schema : { type: 'object' } },
  }
}
