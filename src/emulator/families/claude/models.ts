import type { TokenUsage } from '../../core/records.ts'

/** The emulator's own list of Claude models: prices, windows and what they do. Shared with no client. */
export interface Model {
  readonly name: string
  readonly displayName: string
  readonly line: 'haiku' | 'sonnet' | 'opus' | 'fable'
  /** Prices for prompts of any length, and for longer ones where these cost more. */
  readonly price: Price
  readonly longPrice: (Price & { readonly aboveTokens: number }) | null
  readonly contextTokens: number
  readonly maxOutputTokens: number
  /** Whether it thinks before it answers unless the request forbids it, always, or not. */
  readonly thinks: 'never' | 'by default' | 'always'
  /** Current models refuse temperature, top_p and top_k. */
  readonly takesSampling: boolean
  /** Models from 4.7 on count about 30 % more tokens for the same text (Anthropic document, Token counting). */
  readonly tokenFactor: number
}

/** Real-time prices in pico-dollars per token; $1 per million tokens is 1,000,000 of them. */
interface Price {
  readonly input: number
  readonly output: number
  readonly cacheRead: number
  readonly cacheWrite: number
  readonly cacheWriteHour: number
}

const picoPerDollarPerMillion = 1_000_000

/** Anthropic document, Pricing: a write costs 1.25 of the input, for an hour 2, a read a tenth unless it says otherwise. */
function price(inputUsd: number, outputUsd: number, cacheReadUsd: number = inputUsd / 10): Price {
  const pico = (usd: number): number => Math.round(usd * picoPerDollarPerMillion)
  return {
    input: pico(inputUsd),
    output: pico(outputUsd),
    cacheRead: pico(cacheReadUsd),
    cacheWrite: pico(inputUsd * 1.25),
    cacheWriteHour: pico(inputUsd * 2),
  }
}

/** Not stated in what was read: the smallest window and longest answer that any of these models had. */
const assumed = { contextTokens: 200_000, maxOutputTokens: 64_000 } as const
const current = { ...assumed, longPrice: null, takesSampling: false, tokenFactor: 1.3 } as const

/** The known models, with prices as read in November 2026. */
export const knownModels: readonly Model[] = [
  {
    ...current,
    name: 'claude-haiku-5-5',
    displayName: 'Claude Haiku 5.5',
    line: 'haiku',
    price: price(0.1, 0.5),
    longPrice: { ...price(0.5, 2.5), aboveTokens: 100_000 },
    thinks: 'by default',
  },
  {
    ...current,
    name: 'claude-sonnet-5-5',
    displayName: 'Claude Sonnet 5.5',
    line: 'sonnet',
    price: price(2, 10),
    thinks: 'by default',
  },
  {
    ...current,
    name: 'claude-opus-5-5',
    displayName: 'Claude Opus 5.5',
    line: 'opus',
    price: price(4, 20, 0.2),
    thinks: 'always',
  },
  {
    ...current,
    name: 'claude-opus-5',
    displayName: 'Claude Opus 5',
    line: 'opus',
    price: price(5, 25),
    thinks: 'never',
  },
  {
    ...current,
    name: 'claude-fable-5-1',
    displayName: 'Claude Fable 5.1',
    line: 'fable',
    price: price(10, 50, 0.25),
    thinks: 'always',
  },
  {
    ...current,
    name: 'claude-haiku-4-5',
    displayName: 'Claude Haiku 4.5',
    line: 'haiku',
    price: price(1, 5),
    thinks: 'never',
    takesSampling: true,
    tokenFactor: 1,
  },
  {
    ...current,
    name: 'claude-sonnet-4-5',
    displayName: 'Claude Sonnet 4.5',
    line: 'sonnet',
    price: price(3, 15),
    thinks: 'never',
    takesSampling: true,
    tokenFactor: 1,
  },
]

const byName = new Map(knownModels.map((model) => [model.name, model]))

/** Exact name, or a dated snapshot of it such as `claude-haiku-4-5-20251001`. */
export function findModel(name: string): Model | undefined {
  return byName.get(name) ?? byName.get(name.replace(/-\d{8}$/, ''))
}

/** Batch requests cost half, with what they read from and write to caches (Anthropic document, Batch processing). */
const batchPriceDivisor = 2

export function costPicoUsd(model: Model, usage: TokenUsage, mode: 'batch' | 'sync'): number {
  const { cacheReadTokens = 0, cacheWriteTokens = 0, cacheWriteHourTokens = 0 } = usage
  const { longPrice } = model
  const rates = longPrice !== null && usage.inputTokens > longPrice.aboveTokens ? longPrice : model.price
  const plain = usage.inputTokens - cacheReadTokens - cacheWriteTokens - cacheWriteHourTokens
  const full =
    plain * rates.input +
    cacheReadTokens * rates.cacheRead +
    cacheWriteTokens * rates.cacheWrite +
    cacheWriteHourTokens * rates.cacheWriteHour +
    usage.outputTokens * rates.output
  return mode === 'sync' || usage.fullPrice === true ? full : full / batchPriceDivisor
}
