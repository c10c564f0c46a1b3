import { OffpeakError } from '../../domain/errors.ts'
import type { Concern } from '../../ports/provider/wire.ts'
import type { PreparedJob } from '../job/prepare.ts'

type Inspected = Pick<PreparedJob, 'job' | 'inspection' | 'model' | 'pricedAs' | 'provider'>

/**
 * The guard against a job each of whose requests surely fails, or buys what is not counted: that is known before
 * anything is read. `maxOutputTokens` is the most that its model can write, where that is known. Throws E_JOB_INVALID.
 */
export function requireTakeable(job: Inspected, maxOutputTokens: number | null): void {
  const refused = [
    ...job.inspection.refused,
    ...(job.provider.isOwnModel ? overModel(job, maxOutputTokens) : []),
  ]
  if (refused.length === 0) return
  throw new OffpeakError('E_JOB_INVALID', [...new Set(refused.map(({ words }) => words))].join('; '), {
    where: `job ${job.job.name}`,
    fix: [...new Set(refused.map(({ fix }) => fix))].join('; '),
  })
}

/** Why the requests of a job may fail, each with what to do. */
export function warningsOf(job: Inspected, maxOutputTokens: number | null): readonly string[] {
  const doubtful = [
    ...job.inspection.doubtful,
    ...(job.provider.isOwnModel ? [] : overModel(job, maxOutputTokens)),
  ]
  return doubtful.map(({ words, fix }) => `${words} (${fix})`)
}

function overModel({ inspection, pricedAs }: Inspected, maxOutputTokens: number | null): readonly Concern[] {
  const { maxTokens } = inspection
  if (maxTokens === null || maxOutputTokens === null || maxTokens <= maxOutputTokens) return []
  return [
    {
      words: `an answer of ${maxTokens} tokens is asked for, and ${pricedAs} writes ${maxOutputTokens} at most`,
      fix: `maxTokens: ${maxOutputTokens}, or less`,
    },
  ]
}
