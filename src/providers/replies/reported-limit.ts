const factors: Readonly<Record<string, number>> = { k: 1e3, m: 1e6, b: 1e9 }

/**
 * The limit of enqueued tokens that a provider names in its refusal, as in `Limit: 90,000 enqueued tokens` (OpenAI) or
 * `the configured limit of 30K` (Azure); null when it names none.
 */
export function reportedTokenLimit(message: string): number | null {
  const match = /limit(?: of|:)? ?([\d,.]*\d)\s?([kmb])?\b/i.exec(message)
  if (!match?.[1]) return null
  const number = Number(match[1].replaceAll(',', ''))
  const limit = number * (factors[match[2]?.toLowerCase() ?? ''] ?? 1)
  return Number.isFinite(limit) && limit > 0 ? Math.round(limit) : null
}
