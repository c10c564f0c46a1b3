import { didYouMean } from '../planning/text/near-names.ts'
import { OffpeakError } from '../domain/errors.ts'
import { jsonSchemaFrom } from '../planning/schema/json-schema-from.ts'
import type { AnyJob } from '../ports/job.ts'

/** The JSON Schema of a job's parameters; one that allows anything where theirs cannot be written so. Null: it takes none. */
export function paramsSchema({ params }: Pick<AnyJob, 'params'>): Readonly<Record<string, unknown>> | null {
  if (params === undefined) return null
  try {
    return jsonSchemaFrom(params)?.input({ target: 'draft-2020-12' }) ?? {}
  } catch {
    return {}
  }
}

/**
 * The guard against a parameter that the schema neither has nor passes on: throws E_PARAMS, as schemas silently drop
 * such names, and a misspelt one would then select everything. `read` is what the schema made of `given`.
 */
export function requireKnownParams(
  job: Pick<AnyJob, 'name' | 'params'>,
  given: Readonly<Record<string, unknown>>,
  read: unknown,
): void {
  const named: unknown = paramsSchema(job)?.['properties']
  if (typeof named !== 'object' || named === null) return
  const passedOn = typeof read === 'object' && read !== null ? read : {}
  const unknown = Object.keys(given).find(
    (name) => !Object.hasOwn(named, name) && !Object.hasOwn(passedOn, name),
  )
  if (unknown === undefined) return
  const names = Object.keys(named)
  const near = didYouMean(unknown, names)
  throw new OffpeakError('E_PARAMS', `the job ${job.name} has no parameter ${unknown}.${near}`, {
    where: `job ${job.name}`,
    fix: `its parameters are ${names.join(', ')}`,
  })
}
