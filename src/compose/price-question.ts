import type { Config } from '../config/config.ts'
import type { AnyJob } from '../ports/job.ts'
import type { PriceQuestion } from '../providers/prices/prices.ts'

/** What the price of a job is asked by, in any lane: its model and where that computes, and the prices of the config. */
export function priceQuestion(config: Config, { model }: AnyJob, name: string): Omit<PriceQuestion, 'lane'> {
  return {
    model: name,
    pricedAs: model.pricedAs ?? null,
    realtimeModel: model.realtimeModel ?? null,
    overrides: config.settings.prices,
    service: model.provider === 'compatible' ? null : model.provider,
    zone: model.zone ?? residency(config, model.provider),
  }
}

/** The hosts of OpenAI's data residency have prices of their own (OpenAI, "Your data", regional processing). */
function residency({ environment }: Config, provider: AnyJob['model']['provider']): 'us' | 'eu' | null {
  if (provider !== 'openai') return null
  const [, zone] =
    /^https:\/\/(us|eu)\.api\.openai\.com(?:[/:]|$)/i.exec(environment.openaiBaseUrl?.value ?? '') ?? []
  return zone?.toLowerCase() === 'us' ? 'us' : zone?.toLowerCase() === 'eu' ? 'eu' : null
}
