import { z } from 'zod'
import type { Usage } from '../domain/request.ts'

const count = z.number().int().nonnegative()
const details = z.object({ cached_tokens: count.catch(0) }).catch({ cached_tokens: 0 })

const chatUsage = z
  .object({ prompt_tokens: count, completion_tokens: count.nullish(), prompt_tokens_details: details })
  .transform((usage) =>
    usageOf(usage.prompt_tokens, usage.prompt_tokens_details.cached_tokens, usage.completion_tokens),
  )

const responsesUsage = z
  .object({ input_tokens: count, output_tokens: count.nullish(), input_tokens_details: details })
  .transform((usage) =>
    usageOf(usage.input_tokens, usage.input_tokens_details.cached_tokens, usage.output_tokens),
  )

const anyUsage = z.union([chatUsage, responsesUsage])

/** Billed tokens in the words of either endpoint; null when they are absent or make no sense. */
export function readUsage(value: unknown): Usage | null {
  const parsed = anyUsage.safeParse(value)
  return parsed.success ? parsed.data : null
}

function usageOf(inputTokens: number, cachedTokens: number, outputTokens: number | null | undefined): Usage {
  return { inputTokens, cachedTokens: Math.min(cachedTokens, inputTokens), outputTokens: outputTokens ?? 0 }
}
