import type { Usage } from '../../domain/request.ts'
import { asFields } from '../replies/fields.ts'

/** No model reads or writes as much in one answer; what is above it is no count. */
const mostOfAnswer = 10_000_000

/**
 * Billed tokens (Gemini API reference, UsageMetadata); null when neither input nor output is told. What is nothing is left
 * out of it. Cached tokens are a part of the prompt; what a tool has read stands beside it, and thoughts stand beside the
 * answer: what the total has more than both counts as output. Its `serviceTier` says `standard` of a batch too; `priority`
 * costs more than real time (@google/genai 3.3, ServiceTier).
 */
export function readUsage(value: unknown): Usage | null {
  const usage = asFields(value)
  if (usage === null) return null
  const prompt = countOf(usage['promptTokenCount'])
  const inputTokens = (prompt ?? 0) + (countOf(usage['toolUsePromptTokenCount']) ?? 0)
  const told = (countOf(usage['candidatesTokenCount']) ?? 0) + (countOf(usage['thoughtsTokenCount']) ?? 0)
  const total = countOf(usage['totalTokenCount'])
  const outputTokens = prompt === null || total === null ? told : Math.max(told, total - inputTokens)
  if (inputTokens === 0 && outputTokens === 0) return null
  return {
    inputTokens,
    cachedTokens: Math.min(countOf(usage['cachedContentTokenCount']) ?? 0, inputTokens),
    outputTokens,
    ...(usage['serviceTier'] === 'priority' ? { isOtherTier: true as const } : {}),
    // A prompt always has tokens.
    ...(prompt === null || prompt === 0 ? { isPartial: true as const } : {}),
  }
}

/** How many of the output tokens are thoughts; null: not told. */
export function readThoughtTokens(value: unknown): number | null {
  return countOf(asFields(value)?.['thoughtsTokenCount'])
}

/** A whole number, which the JSON form of protocol buffers may write as a text; null for anything else. */
export function countOf(value: unknown): number | null {
  const count = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 && count <= mostOfAnswer
    ? count
    : null
}
