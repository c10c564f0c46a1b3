import type { TokenRule } from '../../domain/token-rule.ts'
import type { Wire } from '../../ports/provider/wire.ts'
import { appendContents, geminiBody, readGeminiBody } from './body.ts'
import { embedEndpoint } from './endpoints.ts'
import { inspectGemini } from './inspect.ts'
import { readLine } from './lines.ts'

/** The language of Gemini's content and embeddings. */
export const geminiWire: Wire = {
  taskOf: (endpoint) => (endpoint === embedEndpoint ? 'embedding' : 'chat'),
  isOwnModel: true,
  inspect: inspectGemini,
  // Gemini document, Structured output: patterns and lengths of texts are none of the keywords that are listed.
  enforcesConstraints: () => false,
  body: geminiBody,
  readBody: readGeminiBody,
  tokenRule: () => tokenRule,
  withMessages: appendContents,
  lineFrame: () => ({ beforeId: '{"key":"', beforeBody: '","request":' }),
  line: readLine,
}

/**
 * Gemini's own table of tokens is not at hand: texts are taken to have about as many as in OpenAI's, and nothing but their
 * bytes bounds them (measured by nobody here; Gemini says four characters of English to a token, as OpenAI does).
 */
const tokenRule: TokenRule = { encoding: 'o200k_base', least: 0.75, likely: 1.1, most: Infinity }
