/**
 * Money is counted in integers: a price in micro-dollars per million tokens times a token count is a cost in
 * pico-dollars (1e-12 USD), exact per line; a batch is rounded up to micro-dollars (1e-6 USD) once.
 */

/** What one model costs, in micro-dollars per million tokens, as it stood when an attempt was made. */
export interface Price {
  readonly inputPerMillion: number
  readonly cachedInputPerMillion: number
  readonly outputPerMillion: number
  /** Requests with more input tokens than this cost `longInputFactor`/`longOutputFactor` times as much, whole. */
  readonly longAboveTokens: number | null
  readonly longInputFactor: number
  readonly longOutputFactor: number
}

export interface TokenUsage {
  readonly inputTokens: number
  readonly cachedTokens: number
  readonly outputTokens: number
}

const picoPerMicro = 1_000_000

/** The exact cost of one request in pico-dollars. */
export function costPicoUsd(price: Price, usage: TokenUsage): number {
  const long = price.longAboveTokens !== null && usage.inputTokens > price.longAboveTokens
  const cached = Math.min(usage.cachedTokens, usage.inputTokens)
  const input = (usage.inputTokens - cached) * price.inputPerMillion + cached * price.cachedInputPerMillion
  const output = usage.outputTokens * price.outputPerMillion
  return Math.ceil(long ? input * price.longInputFactor + output * price.longOutputFactor : input + output)
}

/** Pico-dollars as micro-dollars, rounded up so that a reservation is never short. */
export function microFromPico(costPico: number): number {
  return Math.ceil(costPico / picoPerMicro)
}

/** Reads an amount as people write it (`$90`, `90`, `0.50`, `$1,200`) into micro-dollars; null when it is none. */
export function parseUsd(text: string): number | null {
  const match = /^\$?\s*(\d{1,3}(?:,\d{3})+|\d+)?(\.\d+)?$/.exec(text.trim())
  if (!match || (match[1] === undefined && match[2] === undefined)) return null
  const amount = Number(`${(match[1] ?? '0').replaceAll(',', '')}${match[2] ?? ''}`)
  return Number.isFinite(amount) ? Math.round(amount * 1e6) : null
}

/** Micro-dollars for people: cents from a cent up, four digits below, so that a small run is not "$0.00". */
export function formatUsd(costMicroUsd: number): string {
  const dollars = costMicroUsd / 1e6
  const digits = dollars !== 0 && Math.abs(dollars) < 0.1 ? (Math.abs(dollars) < 0.001 ? 6 : 4) : 2
  return `$${dollars.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })}`
}
