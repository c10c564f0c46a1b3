import type { TokenUsage } from '../../core/records.ts'

/** The kind of a model, which is that of the endpoints that it serves. */
export type ModelKind = 'chat' | 'embedding' | 'ocr'

/** The emulator's own list of Mistral models: prices, windows and what they do. Shared with no client. */
export interface Model {
  readonly name: string
  /** The name that always means the newest of its line. */
  readonly alias: string
  readonly kind: ModelKind
  /** Real-time prices in pico-dollars per token; $1 per million tokens is 1,000,000 of them. */
  readonly inputPicoUsdPerToken: number
  readonly outputPicoUsdPerToken: number
  readonly picoUsdPerPage: number
  readonly contextTokens: number
  readonly maxOutputTokens: number
  readonly reasons: 'never' | 'when asked' | 'always'
  /** How many numbers a vector has, and how many it can have. */
  readonly dimensions: { readonly usual: number; readonly most: number }
}

const picoPerDollarPerMillion = 1_000_000
const picoPerDollarPerThousand = 1_000_000_000

interface Row {
  readonly input?: number
  readonly output?: number
  /** Dollars per thousand pages. */
  readonly pages?: number
  readonly kind?: ModelKind
  readonly contextTokens?: number
  readonly reasons?: Model['reasons']
  readonly dimensions?: Model['dimensions']
}

/** Mistral document, Known limitations: 256k for the models of these lines; no limit of an answer is named. */
const usualContextTokens = 262_144

function fromRow(name: string, alias: string, row: Row): Model {
  const { input = 0, output = 0, pages = 0, kind = 'chat', contextTokens = usualContextTokens } = row
  return {
    name,
    alias,
    kind,
    inputPicoUsdPerToken: Math.round(input * picoPerDollarPerMillion),
    outputPicoUsdPerToken: Math.round(output * picoPerDollarPerMillion),
    picoUsdPerPage: Math.round(pages * picoPerDollarPerThousand),
    contextTokens,
    maxOutputTokens: contextTokens,
    reasons: row.reasons ?? 'never',
    dimensions: row.dimensions ?? { usual: 1024, most: 1024 },
  }
}

/**
 * The known models; prices of small, large and medium as read in November 2026 (Mistral document, Pricing); those of
 * the others are from memory, as are the names of their dated versions. Pages: as Mistral announced OCR 3 and OCR 4
 * (December 2025, June 2026).
 */
export const knownModels: readonly Model[] = [
  fromRow('mistral-small-2603', 'mistral-small-latest', { input: 0.15, output: 0.6, reasons: 'when asked' }),
  fromRow('mistral-large-2512', 'mistral-large-latest', { input: 0.5, output: 1.5 }),
  fromRow('mistral-medium-2604', 'mistral-medium-latest', { input: 1.5, output: 7.5, reasons: 'when asked' }),
  fromRow('ministral-3b-2512', 'ministral-3b-latest', { input: 0.1, output: 0.1 }),
  fromRow('ministral-8b-2512', 'ministral-8b-latest', { input: 0.15, output: 0.15 }),
  fromRow('magistral-medium-2509', 'magistral-medium-latest', {
    input: 2,
    output: 5,
    contextTokens: 131_072,
    reasons: 'always',
  }),
  fromRow('mistral-embed-2312', 'mistral-embed', { input: 0.1, kind: 'embedding', contextTokens: 8192 }),
  fromRow('codestral-embed-2505', 'codestral-embed', {
    input: 0.15,
    kind: 'embedding',
    contextTokens: 8192,
    dimensions: { usual: 1536, most: 3072 },
  }),
  fromRow('mistral-ocr-4-0', 'mistral-ocr-latest', { pages: 4, kind: 'ocr' }),
  fromRow('mistral-ocr-2512', 'mistral-ocr-3', { pages: 2, kind: 'ocr' }),
]

const byName = new Map(
  knownModels.flatMap((model) => [[model.name, model] as const, [model.alias, model] as const]),
)

export function findModel(name: string): Model | undefined {
  return byName.get(name)
}

/** Mistral document, Batch processing: half of everything. What a cache gave costs a tenth (Pricing). */
const batchPriceDivisor = 2
const cachedShare = 0.1

export function costPicoUsd(model: Model, usage: TokenUsage, mode: 'batch' | 'sync'): number {
  const { cacheReadTokens = 0, pages = 0 } = usage
  const full =
    (usage.inputTokens - cacheReadTokens * (1 - cachedShare)) * model.inputPicoUsdPerToken +
    usage.outputTokens * model.outputPicoUsdPerToken +
    pages * model.picoUsdPerPage
  return mode === 'batch' ? full / batchPriceDivisor : full
}
