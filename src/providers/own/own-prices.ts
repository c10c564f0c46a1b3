import type { OwnRow } from '../prices/price-row.ts'
import { type UsdPrice, usdSteps } from '../prices/prices.ts'

/**
 * Prices of one model, in US dollars per million tokens; a delivery mode that is left out is not sold, or its price not
 * known.
 */
export interface ModelPrices {
  /** The model's id, and what else it is called. */
  readonly ids: readonly [string, ...string[]]
  readonly batch?: UsdPrice
  readonly flex?: UsdPrice
  readonly realtime?: UsdPrice
  /** The most that it can answer, and that it takes, in tokens. */
  readonly maxOutputTokens?: number
  readonly contextTokens?: number
  /** The day of the source, as `2026-11-30`, and the source: a page, a contract. */
  readonly asOf: string
  readonly source: string
}

/** Rows of the price table for one service. Throws E_CONFIG for one that is no number of dollars. */
export function rowsOf(service: string, prices: readonly ModelPrices[]): readonly OwnRow[] {
  return prices.map(({ ids, batch, flex, realtime, asOf, source, ...most }): OwnRow => {
    const [id] = ids
    const steps = (deliveryMode: string, usd: UsdPrice | undefined): OwnRow['batch'] =>
      usd === undefined ? null : usdSteps(id, usd, `priceRows of ${service}: ${id}, ${deliveryMode}`)
    return {
      service,
      zone: 'global',
      ids,
      batch: steps('batch', batch),
      flex: steps('flex', flex),
      realtime: steps('realtime', realtime),
      maxOutputTokens: most.maxOutputTokens ?? null,
      contextTokens: most.contextTokens ?? null,
      asOf,
      source,
    }
  })
}
