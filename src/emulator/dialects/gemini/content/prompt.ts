import { readAttachment } from '../../../core/answers/attachment.ts'
import type { Prompt } from '../../../core/answers/prompt.ts'
import { countTokens } from '../../../core/answers/tokens.ts'
import { type Json, type JsonObject, isArray, isObject, textIn } from '../../../core/json.ts'

/** Gemini document, Document and image understanding: a page and a small picture count 258 tokens. */
const tokensPerImage = 258

interface Parts {
  readonly counting: boolean
  readonly user: string[]
  readonly system: string[]
  readonly files: string[]
  tokens: number
}

/** `knownTokens`: the count of an earlier reading of the same body; counting is most of the work. */
export function readPrompt(body: JsonObject, knownTokens?: number): Prompt {
  const parts: Parts = { counting: knownTokens === undefined, user: [], system: [], files: [], tokens: 0 }
  addContent(parts, parts.system, body['systemInstruction'])
  for (const content of listOf(body['contents'])) {
    const role = textIn(content, 'role')
    addContent(parts, role === '' || role === 'user' ? parts.user : parts.system, content)
  }
  if (parts.counting && isArray(body['tools'])) parts.tokens += countTokens(JSON.stringify(body['tools']))
  return {
    user: parts.user.join('\n\n'),
    system: parts.system.join('\n\n'),
    files: parts.files,
    tokens: knownTokens ?? parts.tokens,
  }
}

function addContent(parts: Parts, to: string[], content: Json | undefined): void {
  for (const part of listOf(isObject(content) ? content['parts'] : undefined)) {
    if (isObject(part)) addPart(parts, to, part)
  }
}

function addPart(parts: Parts, to: string[], part: JsonObject): void {
  const { text, inlineData, fileData, functionResponse } = part
  if (typeof text === 'string' && part['thought'] !== true) {
    to.push(text)
    if (parts.counting) parts.tokens += countTokens(text)
  }
  if (isObject(functionResponse) && parts.counting)
    parts.tokens += countTokens(JSON.stringify(functionResponse))
  if (isObject(fileData)) parts.tokens += tokensPerImage
  if (isObject(inlineData)) addData(parts, textIn(inlineData, 'mimeType'), textIn(inlineData, 'data'))
}

function addData(parts: Parts, mimeType: string, data: string): void {
  if (mimeType !== 'application/pdf') {
    parts.tokens += tokensPerImage
    return
  }
  parts.files.push(data)
  if (parts.counting) parts.tokens += readAttachment(data).pages * tokensPerImage
}

function listOf(value: Json | undefined): readonly Json[] {
  return isArray(value) ? value : []
}

/** The text of an embedding request. */
export function embeddedText(body: JsonObject): string {
  const { content } = body
  return listOf(isObject(content) ? content['parts'] : undefined)
    .map((part) => textIn(part, 'text'))
    .join('\n')
}

/** Prompt tokens of a request of either kind. */
export function promptTokens(body: JsonObject): number {
  return body['content'] === undefined ? readPrompt(body).tokens : countTokens(embeddedText(body))
}

/** A body with one text of the user more. */
export function withMessage(body: JsonObject, text: string): JsonObject {
  const { contents, content } = body
  const part = { text }
  if (isArray(contents)) return { ...body, contents: [...contents, { role: 'user', parts: [part] }] }
  if (!isObject(content)) return body
  return { ...body, content: { ...content, parts: [...listOf(content['parts']), part] } }
}
