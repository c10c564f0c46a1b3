import type { TokenRule } from '../../domain/token-rule.ts'
import type { Wire } from '../../ports/provider/wire.ts'
import { anthropicBody, appendMessages, readAnthropicBody } from './body.ts'
import { inspectAnthropic } from './inspect.ts'
import { readLine } from './lines.ts'
import { countsMore } from './model-facts.ts'

/** The one endpoint of prompts. */
export const messagesEndpoint = '/v1/messages'

/** The language of Anthropic's messages. */
export const anthropicWire: Wire = {
  taskOf: () => 'chat',
  isOwnModel: true,
  inspect: inspectAnthropic,
  // Anthropic document, Structured outputs: bounds of numbers, texts and lists are not enforced.
  enforcesConstraints: () => false,
  body: anthropicBody,
  readBody: readAnthropicBody,
  tokenRule,
  withMessages: appendMessages,
  lineFrame: () => ({ beforeId: '{"custom_id":"', beforeBody: '","params":' }),
  line: readLine,
}

/**
 * Claude's own table of tokens is not published. Texts come to more tokens than in OpenAI's, by about a sixth, and to 30 %
 * more than that from 4.7 on (Anthropic document, Token counting); by how much at most depends on the script they are
 * written in, so that nothing but their bytes bounds them.
 */
function tokenRule(model: string): TokenRule {
  const likely = countsMore(model) ? 1.5 : 1.15
  return { encoding: 'o200k_base', least: 0.75, likely, most: Infinity }
}
