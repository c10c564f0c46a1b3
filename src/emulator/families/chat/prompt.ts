import type { Prompt } from '../../core/answers/prompt.ts'
import { type Json, type JsonObject, isArray, isObject } from '../../core/json.ts'
import { readAttachment } from '../../core/answers/attachment.ts'
import { countTokens } from '../../core/answers/tokens.ts'

/** "Every message follows <|start|>{role}\n{content}<|end|>\n": 3 tokens each, and 3 to start the answer. */
const tokensPerMessage = 3
const tokensToStart = 3
/** A picture of 1024 pixels each way at a model with tiles; a page of a PDF goes in as its text and such a picture. */
const tokensPerImage = 765
const tokensPerImageLow = 85

/** A provider shows a schema to the model in a terser form than JSON; how much terser is not published, so this is a guess. */
const schemaShare = 0.6

interface Parts {
  readonly counting: boolean
  readonly user: string[]
  readonly system: string[]
  readonly files: string[]
  tokens: number
}

/** `knownTokens`: the count of an earlier reading of the same body; counting is most of the work. */
export function readPrompt(body: JsonObject, knownTokens?: number): Prompt {
  const counting = knownTokens === undefined
  const parts: Parts = { counting, user: [], system: [], files: [], tokens: tokensToStart }
  const turns = body['messages'] ?? body['input']
  if (typeof turns === 'string') addText(parts, 'user', turns)
  else if (isArray(turns)) for (const turn of turns) addTurn(parts, turn)
  if (typeof body['instructions'] === 'string') addText(parts, 'system', body['instructions'])
  for (const extra of [body['response_format'], body['text'], body['tools']]) {
    if (counting && (isObject(extra) || isArray(extra)))
      parts.tokens += countTokens(JSON.stringify(extra)) * schemaShare
  }
  return {
    user: parts.user.join('\n\n'),
    system: parts.system.join('\n\n'),
    files: parts.files,
    tokens: knownTokens ?? Math.ceil(parts.tokens),
  }
}

function addTurn(parts: Parts, turn: Json): void {
  if (!isObject(turn)) return
  const role = turn['role'] === 'user' || turn['role'] === undefined ? 'user' : 'system'
  const { content } = turn
  parts.tokens += tokensPerMessage
  if (typeof content === 'string') addText(parts, role, content)
  else if (isArray(content)) for (const part of content) addPart(parts, role, part)
}

function addText(parts: Parts, role: 'user' | 'system', text: string): void {
  if (parts.counting) parts.tokens += countTokens(text)
  parts[role].push(text)
}

function addPart(parts: Parts, role: 'user' | 'system', part: Json): void {
  if (!isObject(part)) return
  if (typeof part['text'] === 'string') addText(parts, role, part['text'])
  if (part['type'] === 'image_url' || part['type'] === 'input_image') {
    const image = isObject(part['image_url']) ? part['image_url'] : part
    parts.tokens += image['detail'] === 'low' ? tokensPerImageLow : tokensPerImage
  }
  const file = isObject(part['file']) ? part['file'] : part
  if (typeof file['file_data'] === 'string') {
    parts.files.push(file['file_data'])
    if (parts.counting) {
      const { text, pages } = readAttachment(file['file_data'])
      parts.tokens += pages * tokensPerImage + countTokens(text)
    }
  }
}

/** The inputs of an embeddings request: texts, or arrays of token numbers. */
export function embeddingInputs(body: JsonObject): readonly (string | readonly Json[])[] {
  const { input } = body
  if (typeof input === 'string') return [input]
  if (!isArray(input)) return []
  if (input.length > 0 && typeof input[0] === 'number') return [input]
  return input.filter((item) => typeof item === 'string' || isArray(item))
}

export function inputTokens(input: string | readonly Json[]): number {
  return typeof input === 'string' ? countTokens(input) : input.length
}

/** Prompt tokens of a request body of any endpoint. */
export function promptTokens(body: JsonObject): number {
  if (body['messages'] !== undefined || body['instructions'] !== undefined) return readPrompt(body).tokens
  const { input } = body
  const isTurns = isArray(input) && isObject(input[0])
  if (isTurns) return readPrompt(body).tokens
  let tokens = 0
  for (const item of embeddingInputs(body)) tokens += inputTokens(item)
  return tokens
}

/** A body of any endpoint with one user message more. */
export function withMessage(body: JsonObject, text: string): JsonObject {
  const message = { role: 'user', content: text }
  const { messages, input } = body
  if (isArray(messages)) return { ...body, messages: [...messages, message] }
  if (typeof input === 'string') return { ...body, input: `${input}\n${text}` }
  return isArray(input) ? { ...body, input: [...input, message] } : body
}
