import type { Config } from '../config/config.ts'
import { rescueJob, type RescueTerms, withModel } from '../engine/job/prepare.ts'
import type { AnyJob } from '../ports/job.ts'
import { modelName } from './provider.ts'

/** A job as it is asked, and the definition whose client asks it. */
export interface AskedJob {
  readonly job: AnyJob
  readonly model: string
  /** A rescue keeps the job's client, and with it what was learned of the service. */
  readonly client: AnyJob
  /** The model that the job names, where a rescue asks another one; null: the same. */
  readonly insteadOf: string | null
}

/** A job on the terms of a rescue, or asked of another model. Throws E_ENV when nothing names a model. */
export function askedJob(
  config: Config,
  defined: AnyJob,
  { model: other, rescue }: { readonly model: string | null; readonly rescue: RescueTerms | null },
): AskedJob {
  const job = rescueJob(withModel(defined, other), rescue)
  const model = modelName(config, job)
  if (rescue === null) return { job, model, client: job, insteadOf: null }
  const meant = modelName(config, defined)
  return { job, model, client: defined, insteadOf: meant === model ? null : meant }
}
