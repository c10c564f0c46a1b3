import type { TokenUsage } from '../../core/records.ts'

/** How a model thinks: not, only when asked, unless it is told not to, or in any case. */
type Thinking = 'never' | 'when asked' | 'by default' | 'always'

/** The emulator's own list of Gemini models: prices, windows and what they do. Shared with no client. */
export interface Model {
  readonly name: string
  readonly kind: 'text' | 'embedding'
  readonly prices: readonly DatedPrice[]
  readonly contextTokens: number
  readonly maxOutputTokens: number
  readonly thinks: Thinking
  /** Models from 3 on take a level of thinking beside a budget. */
  readonly takesThinkingLevel: boolean
}

/** What counts from a day on (milliseconds since 1970), until the next one of the list does. */
interface DatedPrice {
  readonly fromMs: number
  readonly rates: Rates
  /** For the whole of a request with a longer prompt, where it costs more. */
  readonly long: (Rates & { readonly aboveTokens: number }) | null
}

/** Real-time prices in pico-dollars per token; $1 per million tokens is 1,000,000 of them. */
interface Rates {
  readonly input: number
  readonly cached: number
  readonly output: number
}

const picoPerDollarPerMillion = 1_000_000

function rates(inputUsd: number, cachedUsd: number, outputUsd: number): Rates {
  const pico = (usd: number): number => Math.round(usd * picoPerDollarPerMillion)
  return { input: pico(inputUsd), cached: pico(cachedUsd), output: pico(outputUsd) }
}

/** Prices in dollars per million tokens: input, cached input, output. */
type Row = readonly [input: number, cached: number, output: number]

/** Gemini document, Pricing: Pro models cost more for prompts above 200,000 tokens. */
const longPromptTokens = 200_000
/** Gemini document, Models: the window and the longest answer of all of these (read for 2.5; assumed of the others). */
const windows = { contextTokens: 1_048_576, maxOutputTokens: 65_536 } as const
/** On this day the prices of 3.6 to 3.8 double (Gemini document, Pricing, November 2026). */
const dearerFromMs = Date.UTC(2027, 0, 1)

function textModel(
  name: string,
  thinks: Thinking,
  price: Row,
  more: { readonly long?: Row; readonly later?: Row } = {},
): Model {
  const { long, later } = more
  const first: DatedPrice = {
    fromMs: 0,
    rates: rates(...price),
    long: long === undefined ? null : { ...rates(...long), aboveTokens: longPromptTokens },
  }
  return {
    ...windows,
    name,
    kind: 'text',
    prices:
      later === undefined ? [first] : [first, { fromMs: dearerFromMs, rates: rates(...later), long: null }],
    thinks,
    takesThinkingLevel: !name.startsWith('gemini-2.'),
  }
}

/** Gemini document, Embeddings: 2,048 tokens (001); the window of 2 is an assumption. */
function embeddingModel(name: string, inputUsd: number, contextTokens: number): Model {
  return {
    name,
    kind: 'embedding',
    prices: [{ fromMs: 0, rates: rates(inputUsd, inputUsd, 0), long: null }],
    contextTokens,
    maxOutputTokens: 1,
    thinks: 'never',
    takesThinkingLevel: false,
  }
}

/** The known models, with prices as read in November 2026; how the newer Flash models think by default is assumed. */
export const knownModels: readonly Model[] = [
  textModel('gemini-3.8-flash', 'by default', [0.75, 0.075, 3.75], { later: [1.5, 0.15, 7.5] }),
  textModel('gemini-3.6-flash', 'by default', [0.75, 0.075, 3.75], { later: [1.5, 0.15, 7.5] }),
  textModel('gemini-3.5-flash', 'by default', [1.5, 0.15, 9]),
  textModel('gemini-3.5-flash-lite', 'when asked', [0.3, 0.03, 2.5]),
  textModel('gemini-3.1-pro-preview', 'always', [2, 0.2, 12], { long: [4, 0.4, 18] }),
  textModel('gemini-2.5-pro', 'always', [1.25, 0.125, 10], { long: [2.5, 0.25, 15] }),
  textModel('gemini-2.5-flash', 'by default', [0.3, 0.03, 2.5]),
  textModel('gemini-2.5-flash-lite', 'when asked', [0.1, 0.01, 0.4]),
  embeddingModel('gemini-embedding-2', 0.2, 8192),
  embeddingModel('gemini-embedding-001', 0.15, 2048),
]

const byName = new Map(knownModels.map((model) => [model.name, model]))

export function findModel(name: string): Model | undefined {
  return byName.get(name)
}

/**
 * Batch requests cost half; what a cache gave costs what it always costs (Gemini document, Batch API). Whether vectors are
 * cheaper in batches was not read: they cost the same here.
 */
const batchPriceDivisor: Readonly<Record<Model['kind'], number>> = { text: 2, embedding: 1 }

/** The cost of an answer in pico-dollars: thoughts are output, and a long prompt makes the whole request dearer. */
export function costPicoUsd(
  model: Model,
  usage: TokenUsage,
  at: { readonly mode: 'batch' | 'sync'; readonly timeMs: number },
): number {
  const dated = model.prices.findLast(({ fromMs }) => fromMs <= at.timeMs) ?? model.prices[0]
  if (!dated) return 0
  const { long } = dated
  const { input, cached, output } = long !== null && usage.inputTokens > long.aboveTokens ? long : dated.rates
  const { cacheReadTokens = 0 } = usage
  const halved = (usage.inputTokens - cacheReadTokens) * input + usage.outputTokens * output
  return halved / (at.mode === 'batch' ? batchPriceDivisor[model.kind] : 1) + cacheReadTokens * cached
}
