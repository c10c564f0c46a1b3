import type { AnyJob } from '../../ports/job.ts'

/** What a rescue asks otherwise than its job does; null: as the job. */
export interface RescueTerms {
  readonly model: string | null
  /** The most output tokens of one answer. */
  readonly maxTokens: number | null
}

/** A job on the terms of a rescue: another model has a price, and a deployment for real time, of its own. */
export function rescueJob(job: AnyJob, terms: RescueTerms | null): AnyJob {
  const bounded = terms?.maxTokens == null ? job : { ...job, maxTokens: terms.maxTokens }
  return withModel(bounded, terms?.model ?? null)
}

/** The same job, asked of another model, which has a price of its own. */
export function withModel(job: AnyJob, model: string | null): AnyJob {
  if (model === null) return job
  const { pricedAs: _pricedAs, realtimeModel: _realtimeModel, ...rest } = job.model
  return { ...job, model: { ...rest, model } }
}
