import { nearNames } from '../connectors/tables/near-names.ts'
import { deliveryModes } from '../domain/delivery-mode.ts'
import { listedNames } from '../providers/prices/price-rows.ts'
import { findPrice, type PriceQuestion } from '../providers/prices/prices.ts'

/** The models that were perhaps meant where a model has no price in any delivery mode; none where it has one. */
export function nearModels(asked: Omit<PriceQuestion, 'deliveryMode'>): readonly string[] {
  if (deliveryModes.some((deliveryMode) => findPrice({ ...asked, deliveryMode }) !== null)) return []
  const name = asked.pricedAs ?? asked.model
  const names = new Set([
    ...Object.keys(asked.overrides ?? {}),
    ...(asked.ownRows ?? []).flatMap(({ ids }) => ids),
    ...listedNames(),
  ])
  // Another service may have a price for this very name.
  names.delete(name)
  return nearNames(name, [...names])
}
