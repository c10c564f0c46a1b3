import type { Executed } from '../../core/batch/executed.ts'
import { type Json, type JsonObject, asJson, isArray, isObject, shown, textIn } from '../../core/json.ts'
import type { TokenUsage } from '../../core/records.ts'
import { refused } from '../../families/claude/errors.ts'
import { type MessageScope, runMessage } from '../../families/claude/message.ts'
import type { Model } from '../../families/claude/models.ts'

/** AWS document, "Anthropic Claude Messages API": the one value there is. */
const version = 'bedrock-2023-05-31'

/** A Messages body with `anthropic_version` and without `model`, as InvokeModel takes it; the body of a refusal is the error. */
export function runClaude(
  body: JsonObject,
  model: Model,
  scope: Pick<MessageScope, 'digest' | 'failOnce'>,
): Executed {
  const { anthropic_version: given, anthropic_beta: _beta, ...rest } = body
  if (given === undefined) return refused(400, 'anthropic_version: Field required')
  if (given !== version)
    return refused(400, `anthropic_version: Input should be '${version}', not ${shown(given)}`)
  for (const extra of ['model', 'stream'])
    if (rest[extra] !== undefined) return refused(400, `${extra}: Extra inputs are not permitted`)
  // What marks a beginning for the cache is passed over: the bill knows none.
  const scopeHere = { ...scope, tier: 'standard', isCached: () => false } as const
  const executed = runMessage({ ...rest, model: model.name }, scopeHere)
  const message = asJson(executed.body)
  if (executed.usage === null || message === null) return executed
  const usage = { inputTokens: executed.usage.inputTokens, outputTokens: executed.usage.outputTokens }
  return { status: executed.status, usage, body: answerOf(message, usage) }
}

/** The message as Bedrock hands it on: fewer fields than Anthropic's own, and no word of a tier. */
function answerOf(message: JsonObject, usage: TokenUsage): JsonObject {
  return {
    model: message['model'],
    id: textIn(message, 'id').replace(/^msg_/, 'msg_bdrk_'),
    type: 'message',
    role: 'assistant',
    content: (isArray(message['content']) ? message['content'] : []).map(blockOf),
    stop_reason: message['stop_reason'],
    stop_sequence: message['stop_sequence'],
    usage: {
      input_tokens: usage.inputTokens,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      output_tokens: usage.outputTokens,
    },
  }
}

function blockOf(block: Json): Json {
  if (!isObject(block)) return block
  const { citations: _citations, caller: _caller, ...rest } = block
  return rest
}
