import { byPages, type TokenRule } from '../../domain/token-rule.ts'
import type { Wire } from '../../ports/provider/wire.ts'
import { appendMessages, openaiTask, readOpenaiBody } from '../openai/openai-body.ts'
import { mistralBody } from './body.ts'
import { inspectMistral } from './inspect.ts'
import { readLine } from './lines.ts'
import { isOcrModel } from './ocr.ts'

export const chatEndpoint = '/v1/chat/completions'
export const embeddingsEndpoint = '/v1/embeddings'
export const ocrEndpoint = '/v1/ocr'

/** The language of Mistral's chat and embeddings, which is OpenAI's in the most, and that of its OCR. */
export const mistralWire: Wire = {
  taskOf: (endpoint) => (endpoint === ocrEndpoint ? 'ocr' : openaiTask(endpoint)),
  isOwnModel: true,
  inspect: inspectMistral,
  // Which keywords of a schema are enforced is written nowhere.
  enforcesConstraints: () => false,
  body: mistralBody,
  readBody: readOpenaiBody,
  tokenRule: (model) => (isOcrModel(model) ? byPages : tokenRule),
  withMessages: appendMessages,
  // The model stands on the job, not on the line.
  lineFrame: () => ({ beforeId: '{"custom_id":"', beforeBody: '","body":' }),
  line: readLine,
}

/** Mistral's own table of tokens is not at hand: as in OpenAI's, and nothing but their bytes bounds them (not measured). */
const tokenRule: TokenRule = { encoding: 'o200k_base', least: 0.75, likely: 1.1, most: Infinity }

/** The body as a call of its own wants it, which no job names the model for. */
export function withModel(body: string, model: string): string {
  const rest = body.trimStart().slice(1)
  return `{"model":${JSON.stringify(model)}${rest.trimStart().startsWith('}') ? '' : ','}${rest}`
}
