import { nearNames } from '../connectors/tables/near-names.ts'
import { laneNames } from '../domain/lane.ts'
import { listedNames } from '../providers/prices/price-rows.ts'
import { findPrice, type PriceQuestion } from '../providers/prices/prices.ts'

/** The models that were perhaps meant where a model has no price in any lane; none where it has one. */
export function nearModels(asked: Omit<PriceQuestion, 'lane'>): readonly string[] {
  if (laneNames.some((lane) => findPrice({ ...asked, lane }) !== null)) return []
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
