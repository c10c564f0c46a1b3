import { cacheWrites, type Usage } from '../../domain/request.ts'
import { asCount, asFields, asText } from '../replies/fields.ts'

/** No model reads or writes as much in one answer; what is above it is no count. */
const mostOfAnswer = 10_000_000

/**
 * Billed tokens (Anthropic API reference, Messages, Usage); null when neither input nor output is told. What was read from
 * a cache and written into one stands beside `input_tokens`, so that the three together are the input. `tier` is the one
 * that was asked for: another one is another price.
 */
export function readUsage(value: unknown, tier: 'batch' | null): Usage | null {
  const usage = asFields(value)
  if (usage === null) return null
  const plain = count(usage['input_tokens'])
  const output = count(usage['output_tokens'])
  if (plain === null && output === null) return null
  const cached = count(usage['cache_read_input_tokens']) ?? 0
  const { written, long } = writes(usage)
  const inputTokens = (plain ?? 0) + cached + written
  if (inputTokens === 0 && (output ?? 0) === 0) return null
  const served = asText(usage['service_tier'])
  return {
    inputTokens,
    cachedTokens: cached,
    ...cacheWrites(written, long),
    outputTokens: output ?? 0,
    ...(tier !== null && served !== null && served !== tier ? { isOtherTier: true as const } : {}),
    // A prompt always has tokens.
    ...(inputTokens === 0 || plain === null || output === null ? { isPartial: true as const } : {}),
  }
}

/** What was written into a cache, and how much of it for an hour in place of five minutes. */
function writes(usage: Readonly<Record<string, unknown>>): {
  readonly written: number
  readonly long: number
} {
  const kinds = asFields(usage['cache_creation'])
  const short = count(kinds?.['ephemeral_5m_input_tokens']) ?? 0
  const long = count(kinds?.['ephemeral_1h_input_tokens']) ?? 0
  return { written: Math.max(count(usage['cache_creation_input_tokens']) ?? 0, short + long), long }
}

/** How many of the output tokens went into thinking; null: not told. */
export function readThinkingTokens(value: unknown): number | null {
  return count(asFields(asFields(value)?.['output_tokens_details'])?.['thinking_tokens'])
}

function count(value: unknown): number | null {
  const found = asCount(value)
  return found === null || found > mostOfAnswer ? null : found
}
