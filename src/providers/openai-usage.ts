import type { Usage } from '../domain/request.ts'
import { asCount, asFields, type Fields } from './fields.ts'

/** Billed tokens in the words of either endpoint; null when they are absent or make no sense. */
export function readUsage(value: unknown): Usage | null {
  const usage = asFields(value)
  if (usage === null) return null
  return (
    usageOf(usage, 'prompt_tokens', 'completion_tokens', 'prompt_tokens_details') ??
    usageOf(usage, 'input_tokens', 'output_tokens', 'input_tokens_details')
  )
}

function usageOf(usage: Fields, input: string, output: string, details: string): Usage | null {
  const inputTokens = asCount(usage[input])
  const outputTokens = asCount(usage[output] ?? 0)
  if (inputTokens === null || outputTokens === null) return null
  const cachedTokens = asCount(asFields(usage[details])?.['cached_tokens']) ?? 0
  return { inputTokens, cachedTokens: Math.min(cachedTokens, inputTokens), outputTokens }
}
