import { isEmbedding, type ModelRequest, textsOf } from '../../domain/request.ts'
import type { InputUnit, TokenRule } from '../../domain/token-rule.ts'
import { readFile } from 'node:fs/promises'
import { bytePairTokenizer, type Tokenizer } from './byte-pairs.ts'
import { splitPatterns } from './split-patterns.ts'
import { type TokenTable, tokenTable } from './token-table.ts'

export type Encoding = TokenRule['encoding']

/** The number of tokens of a text; never throws, and takes time in proportion to the text whatever it holds. */
export type CountTokens = (text: string) => number

/** Tokens that frame each message, and that open the answer (OpenAI cookbook, "How to count tokens with tiktoken"). */
const tokensPerMessage = 3
const tokensForReply = 3

const loaded = new Map<Encoding, Promise<Tokenizer>>()

/**
 * A promise of the tokenizer of an encoding. Its table is read when the first count is needed, and once per process.
 */
export function loadTokenizer(encoding: Encoding = 'o200k_base'): Promise<Tokenizer> {
  let tokenizer = loaded.get(encoding)
  if (tokenizer === undefined) {
    tokenizer = makeTokenizer(encoding)
    loaded.set(encoding, tokenizer)
  }
  return tokenizer
}

async function makeTokenizer(encoding: Encoding): Promise<Tokenizer> {
  return bytePairTokenizer(await readTokenTable(encoding), splitPatterns[encoding])
}

/** The tokens of an encoding, from tokens/, which lies two folders above this one in the sources and in the package. */
export async function readTokenTable(encoding: Encoding): Promise<TokenTable> {
  return tokenTable(await readFile(new URL(`../../../tokens/${encoding}.tokens`, import.meta.url)))
}

/**
 * The input tokens of a request, exact for its texts. A schema and further body fields are counted as their JSON text,
 * which is above what providers bill for them. Attached files are not counted here.
 */
export function countRequestTokens(request: ModelRequest, count: CountTokens): number {
  if (isEmbedding(request)) return count(request.input)
  let tokens = tokensForReply
  for (const { role, content } of request.messages) {
    tokens += tokensPerMessage + count(role)
    for (const text of textsOf(content)) tokens += count(text)
  }
  if (request.schema !== null) tokens += count(JSON.stringify(request.schema))
  if (Object.keys(request.extra).length > 0) tokens += count(JSON.stringify(request.extra))
  return tokens
}

/**
 * The most tokens that a request of so many bytes of JSON can have: a token is at least one byte of UTF-8, and the
 * JSON around the texts is longer than what frames them for the model. The bytes of attached files do not count as
 * text; they are given with the tokens that stand for them. Where pages are counted, files alone have any.
 */
export function maxRequestTokens(
  utf8Bytes: number,
  attached: { readonly bytes: number; readonly tokens: number } = { bytes: 0, tokens: 0 },
  unit: InputUnit = 'token',
): number {
  if (unit === 'page') return attached.tokens
  return utf8Bytes - attached.bytes + attached.tokens
}
