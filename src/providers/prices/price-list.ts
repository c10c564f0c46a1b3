import { priceTable } from './price-table.ts'
import type { OwnRow, PriceRow, PriceZone } from './price-row.ts'
import type { DeliveryMode } from '../../domain/delivery-mode.ts'
import { findPrice, type FoundPrice, listed as pricedBy, namesTried, type PriceOverride } from './prices.ts'

/** Service whose price is meant where a list names none. */
export const usualService = 'openai'

/** Prices of one model in each delivery mode. */
export interface ListedPrice {
  readonly model: string
  /** Further ids that cost the same. */
  readonly alsoKnownAs: readonly string[]
  /** Whose price it is, and where; null: it is the user's own. */
  readonly service: PriceRow['service'] | null
  readonly zone: PriceZone | null
  /** Said by the user, in place of the table. */
  readonly override: boolean
  /** Null: nobody has said what this delivery mode costs. */
  readonly batch: FoundPrice | null
  readonly flex: FoundPrice | null
  readonly realtime: FoundPrice | null
}

/**
 * All prices that are known: the user's own first, then those of services that bring theirs, then the table, each without
 * what they replace. Throws E_CONFIG.
 */
export function listPrices(
  overrides: Readonly<Record<string, PriceOverride>>,
  ownRows: readonly OwnRow[] = [],
): readonly ListedPrice[] {
  const listed = (model: string, alsoKnownAs: readonly string[], row: OwnRow | null): ListedPrice => {
    const place = { service: row?.service ?? null, zone: row?.zone ?? null }
    const priced = (deliveryMode: DeliveryMode): FoundPrice | null =>
      row === null
        ? findPrice({ model, pricedAs: model, overrides, deliveryMode, ...place })
        : pricedBy(row, deliveryMode)
    return {
      model,
      alsoKnownAs,
      ...place,
      override: row === null,
      batch: priced('batch'),
      flex: priced('flex'),
      realtime: priced('realtime'),
    }
  }
  return [
    ...Object.keys(overrides).map((model) => listed(model, [], null)),
    ...[...ownRows, ...priceTable].flatMap((row) => {
      const [model, ...others] = row.ids.filter((id) => !Object.hasOwn(overrides, id))
      return model === undefined ? [] : [listed(model, others, row)]
    }),
  ]
}

/** The price of exactly this model or deployment; where there is none, whatever has its name as a part. */
export function pricesOf(list: readonly ListedPrice[], model: string): readonly ListedPrice[] {
  const ids = ({ model, alsoKnownAs }: ListedPrice): readonly string[] => [model, ...alsoKnownAs]
  for (const name of namesTried({ model })) {
    const found = list.filter((price) => ids(price).includes(name))
    if (found.length > 0) return found
  }
  return list.filter((price) => ids(price).some((id) => id.includes(model)))
}
