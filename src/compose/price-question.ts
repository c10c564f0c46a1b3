import { definitionOf } from '../providers/definition.ts'
import { setupOf } from './access.ts'
import type { Config } from '../config/config.ts'
import type { AnyJob } from '../ports/job.ts'
import { type PriceQuestion, findPrice } from '../providers/prices/prices.ts'
import { nearNames } from '../planning/text/near-names.ts'
import { deliveryModes } from '../domain/delivery-mode.ts'
import { listedNames } from '../providers/prices/price-rows.ts'

/**
 * Arguments of a price lookup for a job, in any delivery mode: its model and where that computes, and the prices of the
 * config.
 */
export function priceQuestion(
  config: Config,
  { model }: AnyJob,
  name: string,
): Omit<PriceQuestion, 'deliveryMode'> {
  const { prices, priceRows = [], zone } = definitionOf(model)
  return {
    model: name,
    pricedAs: model.pricedAs ?? null,
    stated: model.price ?? null,
    realtimeModel: model.realtimeModel ?? null,
    overrides: config.settings.prices,
    service: prices,
    ownRows: priceRows,
    zone: model.zone ?? zone?.(setupOf(config, model)) ?? null,
  }
}

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
