import type { TokenRule } from '../../domain/token-rule.ts'
import type { Wire } from '../../ports/provider/wire.ts'
import { appendMessages, openaiBody, openaiTask, readOpenaiBody } from '../openai/openai-body.ts'
import { inspectXai } from './inspect.ts'
import { readLine } from './lines.ts'

export const chatEndpoint = '/v1/chat/completions'

/** The language of xAI: OpenAI's chat completions in, results of its own out. */
export const xaiWire: Wire = {
  taskOf: openaiTask,
  isOwnModel: true,
  inspect: inspectXai,
  // Not written down.
  enforcesConstraints: () => false,
  body: (request, endpoint) => openaiBody(request, endpoint, 'max_completion_tokens'),
  readBody: readOpenaiBody,
  tokenRule: () => tokenRule,
  withMessages: appendMessages,
  lineFrame: (endpoint) => ({
    beforeId: '{"custom_id":"',
    beforeBody: `","method":"POST","url":"${endpoint}","body":`,
  }),
  line: readLine,
}

/** Grok's own table of tokens is not published, nor how far it is from OpenAI's: nothing but bytes bounds a text. */
const tokenRule: TokenRule = { encoding: 'o200k_base', least: 0.75, likely: 1.1, most: Infinity }
