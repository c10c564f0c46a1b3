import type { Dialect } from './core/dialect.ts'
import { anthropic } from './dialects/anthropic/dialect.ts'
import { gemini } from './dialects/gemini/dialect.ts'
import { mistral } from './dialects/mistral/dialect.ts'
import { bedrock } from './dialects/bedrock/dialect.ts'
import { openai } from './dialects/openai/dialect.ts'
import { deepinfra, groq, together } from './dialects/openai/services/dialects.ts'
import { relay } from './dialects/openai/services/relay.ts'
import { xai } from './dialects/xai/dialect.ts'

/** The services that the emulator speaks for; the first one answers on paths that no other has. */
export const dialects: readonly [Dialect, ...Dialect[]] = [
  openai,
  anthropic,
  bedrock,
  xai,
  groq,
  together,
  deepinfra,
  gemini,
  mistral,
]

/** What is in front of a server of one's own, and alone then. */
export { relay }
