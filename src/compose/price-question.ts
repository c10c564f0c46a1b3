import { definitionOf } from '../providers/definition.ts'
import { setupOf } from './access.ts'
import type { Config } from '../config/config.ts'
import type { AnyJob } from '../ports/job.ts'
import type { PriceQuestion } from '../providers/prices/prices.ts'

/** What the price of a job is asked by, in any delivery mode: its model and where that computes, and the prices of the config. */
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
