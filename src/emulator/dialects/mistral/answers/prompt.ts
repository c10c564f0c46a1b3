import { readAttachment } from '../../../core/answers/attachment.ts'
import type { Prompt } from '../../../core/answers/prompt.ts'
import { countTokens } from '../../../core/answers/tokens.ts'
import { type Json, type JsonObject, isArray, isObject, textIn } from '../../../core/json.ts'

/** Guesses: what each message costs beside its text (27 tokens were recorded for ten words), and a page or picture. */
const tokensPerMessage = 4
const tokensPerImage = 1000

interface Parts {
  readonly user: string[]
  readonly system: string[]
  readonly files: string[]
  tokens: number
}

export function readPrompt(body: JsonObject): Prompt {
  const parts: Parts = { user: [], system: [], files: [], tokens: 0 }
  for (const message of isArray(body['messages']) ? body['messages'] : []) {
    if (!isObject(message)) continue
    parts.tokens += tokensPerMessage
    const to = message['role'] === 'user' ? parts.user : parts.system
    const { content } = message
    if (typeof content === 'string') addText(parts, to, content)
    for (const chunk of isArray(content) ? content : []) addChunk(parts, to, chunk)
  }
  if (isArray(body['tools'])) parts.tokens += countTokens(JSON.stringify(body['tools']))
  return {
    user: parts.user.join('\n\n'),
    system: parts.system.join('\n\n'),
    files: parts.files,
    tokens: parts.tokens,
  }
}

function addText(parts: Parts, to: string[], text: string): void {
  to.push(text)
  parts.tokens += countTokens(text)
}

function addChunk(parts: Parts, to: string[], chunk: Json): void {
  const type = textIn(chunk, 'type')
  if (type === 'text') addText(parts, to, textIn(chunk, 'text'))
  if (type === 'image_url') parts.tokens += tokensPerImage
  if (type !== 'document_url') return
  const url = textIn(chunk, 'document_url')
  if (!url.startsWith('data:')) {
    parts.tokens += tokensPerImage
    return
  }
  const { text, pages } = readAttachment(url)
  parts.files.push(url)
  parts.tokens += countTokens(text) + pages * tokensPerImage
}

/** The texts of an embeddings request; `null`: it has none of the right form. */
export function embeddingInputs(body: JsonObject): readonly string[] | null {
  const { input } = body
  if (typeof input === 'string') return [input]
  if (!isArray(input) || input.length === 0) return null
  const texts = input.filter((item) => typeof item === 'string')
  return texts.length === input.length ? texts : null
}

/** A body of any endpoint with one text of the user more, where it has a place for one. */
export function withMessage(body: JsonObject, text: string): JsonObject {
  const { messages, input } = body
  if (isArray(messages)) return { ...body, messages: [...messages, { role: 'user', content: text }] }
  if (typeof input === 'string') return { ...body, input: `${input}\n${text}` }
  return isArray(input) ? { ...body, input: [...input, text] } : body
}
