import { nearNames } from '../connectors/tables/near-names.ts'
import { deliveryModes } from '../domain/delivery-mode.ts'
import { listedNames } from '../providers/prices/price-rows.ts'
import { findPrice, type PriceQuestion } from '../providers/prices/prices.ts'

/** The models that were perhaps meant where a model has no price in any delivery mode; none where it has one. */
export function nearModels(asked: Omit<PriceQuestion, 'deliveryMode'>): readonly string[] {
  if (deliveryModes.some((deliveryMode) => findPrice({ ...asked, deliveryMode }) !== null)) return []
  return nearNames(asked.pricedAs ?? asked.model, [
    ...new Set([
      ...Object.keys(asked.overrides ?? {}),
      ...(asked.ownRows ?? []).flatMap(({ ids }) => ids),
      ...listedNames(),
    ]),
  ])
}
