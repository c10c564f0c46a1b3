import type { JsonObject } from '../../core/json.ts'
import type { TokenUsage } from '../../core/records.ts'
import type { ReadPrompt } from './prompt.ts'

/** The billed usage of a request: the first with a beginning writes it to the cache, later ones read it. */
export function usageOf(
  { tokens, cache }: ReadPrompt,
  outputTokens: number,
  isCached: (digest: string) => boolean,
): TokenUsage {
  const usage = { inputTokens: tokens, outputTokens }
  if (cache === null) return usage
  if (isCached(cache.digest)) return { ...usage, cacheReadTokens: cache.tokens }
  return cache.ttl === '1h'
    ? { ...usage, cacheWriteHourTokens: cache.tokens }
    : { ...usage, cacheWriteTokens: cache.tokens }
}

/** Usage as the service writes it: `input_tokens` are those alone that no cache has to do with. */
export function usageObject(
  usage: TokenUsage,
  thinkingTokens: number,
  tier: 'batch' | 'standard',
): JsonObject {
  const { cacheReadTokens = 0, cacheWriteTokens = 0, cacheWriteHourTokens = 0 } = usage
  return {
    input_tokens: usage.inputTokens - cacheReadTokens - cacheWriteTokens - cacheWriteHourTokens,
    cache_creation_input_tokens: cacheWriteTokens + cacheWriteHourTokens,
    cache_read_input_tokens: cacheReadTokens,
    cache_creation: {
      ephemeral_5m_input_tokens: cacheWriteTokens,
      ephemeral_1h_input_tokens: cacheWriteHourTokens,
    },
    output_tokens: usage.outputTokens,
    output_tokens_details: { thinking_tokens: thinkingTokens },
    server_tool_use: null,
    service_tier: tier,
    inference_geo: 'not_available',
    speed: 'standard',
  }
}
