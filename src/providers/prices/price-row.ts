import type { InputUnit } from '../../domain/token-rule.ts'

/** List prices in US dollars per million tokens, or pages where a row says so, of requests with more input tokens than `above`. */
export interface UsdStep {
  readonly above: number
  readonly input: number
  /** Input that is read from a cache, and that is written into one: `input` where left out. */
  readonly cached?: number
  readonly write?: number
  /** Input that a cache keeps longer than it usually does: `write` where left out. */
  readonly longWrite?: number
  readonly output: number
}

/** Ascending; the first is above 0. */
export type UsdSteps = readonly [UsdStep, ...UsdStep[]]

/**
 * Where a deployment computes, where that has a price of its own: a data zone or a region (Azure, deployment types;
 * OpenAI, data residency).
 */
export type PriceZone = 'global' | 'us' | 'eu' | 'regional'

/** Prices of one model at one service, as whoever describes that service gives them. */
export interface OwnRow extends Omit<PriceRow, 'realtime'> {
  readonly realtime: UsdSteps | null
}

/** Prices of one model at one service. */
export interface PriceRow {
  /** As the service calls itself in a model: `openai`, `anthropic`. */
  readonly service: string
  readonly zone: PriceZone
  /** The model's id, and what else it is called: dated snapshots and aliases. */
  readonly ids: readonly string[]
  /** What a million of are the prices of its input; tokens when left out. */
  readonly unit?: InputUnit
  readonly realtime: UsdSteps
  /** Null: the service does not answer this model in that delivery mode. */
  readonly batch: UsdSteps | null
  readonly flex: UsdSteps | null
  readonly maxOutputTokens: number | null
  readonly contextTokens: number | null
  /** The day from whose beginning (UTC) this is the price, as `2027-01-01`; left out: since ever. */
  readonly from?: string
  /** The day of the source that says so. */
  readonly asOf: string
  readonly source: string
}
