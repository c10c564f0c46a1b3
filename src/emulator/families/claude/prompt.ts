import { hash } from 'node:crypto'
import { readAttachment } from '../../core/answers/attachment.ts'
import type { Prompt } from '../../core/answers/prompt.ts'
import { countTokens } from '../../core/answers/tokens.ts'
import { type Json, type JsonObject, isArray, isObject, textIn } from '../../core/json.ts'

/** A request read: what it says, and how much of it is to be kept in a cache. */
export interface ReadPrompt extends Prompt {
  /** Of all PDFs. */
  readonly pages: number
  readonly cache: CachedPrefix | null
}

/** The beginning of a prompt up to its last mark for the cache. */
export interface CachedPrefix {
  readonly tokens: number
  /** How long a cache keeps it. */
  readonly ttl: '5m' | '1h'
  /** Equal for equal beginnings. */
  readonly digest: string
}

/** Guesses: what each message costs beside its text, and a picture or page of about a thousand pixels each way. */
const tokensPerMessage = 4
const tokensPerImage = 1500

/** Anthropic document, Prompt caching: shorter beginnings are not kept. Some models want more. */
const minCachedTokens = 1024

interface Parts {
  readonly user: string[]
  readonly system: string[]
  readonly files: string[]
  readonly texts: string[]
  tokens: number
  pages: number
  marked: { readonly tokens: number; readonly ttl: '5m' | '1h'; readonly texts: number } | null
}

/** Tools, system and messages in the order in which the service caches them; `factor` is that of the model. */
export function readPrompt(body: JsonObject, factor: number): ReadPrompt {
  const parts: Parts = { user: [], system: [], files: [], texts: [], tokens: 0, pages: 0, marked: null }
  for (const tool of isArray(body['tools']) ? body['tools'] : []) {
    addTokens(parts, JSON.stringify(tool))
    mark(parts, tool)
  }
  addContent(parts, parts.system, body['system'])
  for (const message of isArray(body['messages']) ? body['messages'] : []) {
    if (!isObject(message)) continue
    parts.tokens += tokensPerMessage
    addContent(parts, message['role'] === 'user' ? parts.user : parts.system, message['content'])
  }
  mark(parts, body)
  return {
    user: parts.user.join('\n\n'),
    system: parts.system.join('\n\n'),
    files: parts.files,
    pages: parts.pages,
    tokens: Math.ceil(parts.tokens * factor),
    cache: cachedPrefix(parts, factor),
  }
}

function addContent(parts: Parts, to: string[], content: Json | undefined): void {
  if (typeof content === 'string') addText(parts, to, content)
  for (const block of isArray(content) ? content : []) {
    if (isObject(block)) addBlock(parts, to, block)
    mark(parts, block)
  }
}

function addBlock(parts: Parts, to: string[], block: JsonObject): void {
  const { type, source } = block
  if (type === 'text') addText(parts, to, textIn(block, 'text'))
  if (type === 'tool_result') addContent(parts, to, block['content'])
  if (type === 'image') addTokens(parts, JSON.stringify(source ?? null).slice(-64), tokensPerImage)
  if (type !== 'document' || !isObject(source)) return
  const data = textIn(source, 'data')
  if (source['type'] === 'text') addText(parts, to, data)
  if (source['type'] !== 'base64') return
  const { text, pages } = readAttachment(data)
  parts.files.push(data)
  parts.pages += pages
  addTokens(parts, text, countTokens(text) + pages * tokensPerImage)
}

function addText(parts: Parts, to: string[], text: string): void {
  to.push(text)
  addTokens(parts, text)
}

function addTokens(parts: Parts, text: string, tokens: number = countTokens(text)): void {
  parts.texts.push(text)
  parts.tokens += tokens
}

/** `cache_control` on a block, or on the request as a whole, closes the part that is kept. */
function mark(parts: Parts, holder: Json | undefined): void {
  const control = isObject(holder) ? holder['cache_control'] : undefined
  if (!isObject(control)) return
  const ttl = control['ttl'] === '1h' ? '1h' : '5m'
  parts.marked = { tokens: parts.tokens, ttl, texts: parts.texts.length }
}

function cachedPrefix({ marked, texts }: Parts, factor: number): CachedPrefix | null {
  if (marked === null) return null
  const tokens = Math.ceil(marked.tokens * factor)
  if (tokens < minCachedTokens) return null
  const digest = hash('sha1', JSON.stringify(texts.slice(0, marked.texts)), 'hex')
  return { tokens, ttl: marked.ttl, digest }
}

/** A body with one user message more. */
export function withMessage(body: JsonObject, text: string): JsonObject {
  const { messages } = body
  return isArray(messages) ? { ...body, messages: [...messages, { role: 'user', content: text }] } : body
}
