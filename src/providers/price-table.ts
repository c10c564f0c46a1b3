/** One model's list prices in US dollars per million tokens, and its limits in tokens. */
export interface PriceRow {
  /** The model's id and the dated snapshots that cost the same. */
  readonly ids: readonly string[]
  readonly input: number
  /** Null: no price for cached tokens is known, so none is assumed to be cheaper. */
  readonly cachedInput: number | null
  readonly output: number
  /** Whether cached tokens of a batch cost half of `cachedInput`; else they cost what all batch input costs. */
  readonly cachedInBatch: boolean
  /** Whether prompts above 272,000 tokens cost twice the input and one and a half times the output, as a whole. */
  readonly longTier: boolean
  readonly maxOutputTokens: number | null
  readonly contextTokens: number | null
  /** The day on which the source said so. */
  readonly asOf: string
  readonly source: string
}

const catalogue = { asOf: '2026-09-23', source: 'genai-prices 0.1.8' } as const
const vendor = { asOf: '2026-10-26', source: 'OpenAI price page' } as const

/** Batch discounts on cached tokens are listed from gpt-5 on; before that, cached tokens of a batch had none. */
const early = { cachedInBatch: false, longTier: false } as const
const later = { cachedInBatch: true, longTier: false } as const
const latest = { cachedInBatch: true, longTier: true } as const

const omni = { maxOutputTokens: 16_384, contextTokens: 128_000 } as const
const long41 = { maxOutputTokens: 32_768, contextTokens: 1_047_576 } as const
const series5 = { maxOutputTokens: 128_000, contextTokens: 400_000 } as const
const million = { maxOutputTokens: 128_000, contextTokens: 1_050_000 } as const
const seriesO = { maxOutputTokens: 100_000, contextTokens: 200_000 } as const
const unknown = { maxOutputTokens: null, contextTokens: null } as const

/** Models that the OpenAI price page lists in its flex tier; the dated snapshots of each are in their row. */
export const flexModels: ReadonlySet<string> = new Set([
  'gpt-5',
  'gpt-5-mini',
  'gpt-5-nano',
  'gpt-5.1',
  'gpt-5.2',
  'gpt-5.4',
  'gpt-5.4-mini',
  'gpt-5.4-nano',
  'gpt-5.6-sol',
  'o3',
  'o4-mini',
])

/**
 * What is known, row by row; a model that is not here has no price and is not estimated. Batch costs half of input and
 * output for every row (OpenAI guide, Batch API; Azure OpenAI, Global Batch).
 */
export const priceTable: readonly PriceRow[] = [
  {
    ids: ['gpt-4o-mini', 'gpt-4o-mini-2024-07-18'],
    input: 0.15,
    cachedInput: 0.075,
    output: 0.6,
    ...early,
    ...omni,
    ...catalogue,
  },
  {
    ids: ['gpt-4o', 'gpt-4o-2024-08-06', 'gpt-4o-2024-11-20'],
    input: 2.5,
    cachedInput: 1.25,
    output: 10,
    ...early,
    ...omni,
    ...catalogue,
  },
  {
    ids: ['gpt-4.1', 'gpt-4.1-2025-04-14'],
    input: 2,
    cachedInput: 0.5,
    output: 8,
    ...early,
    ...long41,
    ...catalogue,
  },
  {
    ids: ['gpt-4.1-mini', 'gpt-4.1-mini-2025-04-14'],
    input: 0.4,
    cachedInput: 0.1,
    output: 1.6,
    ...early,
    ...long41,
    ...catalogue,
  },
  {
    ids: ['gpt-4.1-nano', 'gpt-4.1-nano-2025-04-14'],
    input: 0.1,
    cachedInput: 0.025,
    output: 0.4,
    ...early,
    ...long41,
    ...catalogue,
  },
  {
    ids: ['gpt-5', 'gpt-5-2025-08-07'],
    input: 1.25,
    cachedInput: 0.125,
    output: 10,
    ...later,
    ...series5,
    ...catalogue,
  },
  {
    ids: ['gpt-5-mini', 'gpt-5-mini-2025-08-07'],
    input: 0.25,
    cachedInput: 0.025,
    output: 2,
    ...later,
    ...series5,
    ...catalogue,
  },
  {
    ids: ['gpt-5-nano', 'gpt-5-nano-2025-08-07'],
    input: 0.05,
    cachedInput: 0.005,
    output: 0.4,
    ...later,
    ...series5,
    ...catalogue,
  },
  {
    ids: ['gpt-5.1', 'gpt-5.1-2025-11-13'],
    input: 1.25,
    cachedInput: 0.125,
    output: 10,
    ...later,
    ...series5,
    ...catalogue,
  },
  {
    ids: ['gpt-5.2', 'gpt-5.2-2025-12-11'],
    input: 1.75,
    cachedInput: 0.175,
    output: 14,
    ...later,
    ...series5,
    ...catalogue,
  },
  { ids: ['gpt-5.4'], input: 2.5, cachedInput: 0.25, output: 15, ...latest, ...million, ...catalogue },
  {
    ids: ['gpt-5.4-mini', 'gpt-5.4-mini-2026-03-17'],
    input: 0.75,
    cachedInput: 0.075,
    output: 4.5,
    ...latest,
    ...series5,
    ...catalogue,
  },
  {
    ids: ['gpt-5.4-nano', 'gpt-5.4-nano-2026-03-17'],
    input: 0.2,
    cachedInput: 0.02,
    output: 1.25,
    ...latest,
    ...series5,
    ...catalogue,
  },
  {
    ids: ['gpt-5.5', 'gpt-5.5-2026-04-23'],
    input: 5,
    cachedInput: 0.5,
    output: 30,
    ...latest,
    ...million,
    ...catalogue,
  },
  { ids: ['gpt-5.6-sol'], input: 4, cachedInput: 0.4, output: 20, ...latest, ...million, ...catalogue },
  { ids: ['gpt-5.6-terra'], input: 2, cachedInput: 0.2, output: 12, ...latest, ...million, ...catalogue },
  { ids: ['gpt-5.6-luna'], input: 0.2, cachedInput: 0.02, output: 1.2, ...latest, ...million, ...catalogue },
  { ids: ['gpt-6-astra'], input: 10, cachedInput: 1, output: 50, ...latest, ...unknown, ...catalogue },
  { ids: ['gpt-6-sol'], input: 2, cachedInput: 0.2, output: 10, ...latest, ...unknown, ...catalogue },
  { ids: ['gpt-6-luna'], input: 0.1, cachedInput: 0.01, output: 0.5, ...latest, ...unknown, ...catalogue },
  { ids: ['gpt-6.1-sol'], input: 2, cachedInput: null, output: 10, ...latest, ...unknown, ...vendor },
  { ids: ['gpt-6.1-terra'], input: 1, cachedInput: 0.05, output: 5, ...latest, ...unknown, ...vendor },
  {
    ids: ['o1', 'o1-2024-12-17'],
    input: 15,
    cachedInput: 7.5,
    output: 60,
    ...early,
    ...seriesO,
    ...catalogue,
  },
  { ids: ['o3', 'o3-2025-04-16'], input: 2, cachedInput: 0.5, output: 8, ...early, ...seriesO, ...catalogue },
  {
    ids: ['o3-mini', 'o3-mini-2025-01-31'],
    input: 1.1,
    cachedInput: 0.55,
    output: 4.4,
    ...early,
    ...seriesO,
    ...catalogue,
  },
  {
    ids: ['o4-mini', 'o4-mini-2025-04-16'],
    input: 1.1,
    cachedInput: 0.275,
    output: 4.4,
    ...early,
    ...seriesO,
    ...catalogue,
  },
  {
    ids: ['text-embedding-3-small'],
    input: 0.02,
    cachedInput: null,
    output: 0,
    ...early,
    maxOutputTokens: 0,
    contextTokens: 8_191,
    ...catalogue,
  },
  {
    ids: ['text-embedding-3-large'],
    input: 0.13,
    cachedInput: null,
    output: 0,
    ...early,
    maxOutputTokens: 0,
    contextTokens: 8_191,
    ...catalogue,
  },
]
