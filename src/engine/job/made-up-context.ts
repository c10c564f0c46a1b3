import type { SinkContext } from '../../ports/job.ts'
import { exampleOf, otherExampleOf } from '../../planning/schema/example.ts'
import { variantNames } from '../../planning/requests/render.ts'
import type { PreparedJob } from './prepare.ts'

/** How many numbers most models give whose name does not tell. */
const usualDimensions = 1_536

/** A short answer that fits the job's schema. */
export function madeUpOutput(job: PreparedJob): unknown {
  if (job.task === 'embedding')
    return Array.from({ length: job.inspection.vectorLength ?? usualDimensions }, () => 0.01)
  return job.strict ? job.strict.decode(exampleOf(job.strict.enforced)) : 'An answer.'
}

/** Another one, which shows by comparison what of the values of a sink depends on the answer. */
export function otherMadeUpOutput(job: PreparedJob): unknown {
  if (job.task === 'embedding')
    return Array.from({ length: job.inspection.vectorLength ?? usualDimensions }, () => 0.02)
  return job.strict ? job.strict.decode(otherExampleOf(job.strict.enforced)) : 'Something else.'
}

/** The sink's context of a made-up answer; `rowOf` is called where the sink reads the row. */
export function madeUpContext(
  job: PreparedJob,
  { key, output, at, rowOf }: { key: string; output: unknown; at: Date; rowOf: () => unknown },
): SinkContext<unknown, unknown> {
  return {
    key,
    get row() {
      return rowOf()
    },
    output,
    score: job.job.score ? 1 : null,
    variant: variantNames(job.job)[0] ?? null,
    usage: { inputTokens: 1_000, cachedTokens: 0, outputTokens: 100, cost: 0.0001 },
    provenance: {
      job: job.job.name,
      version: job.job.version ?? '',
      model: job.model,
      run: 'rehearsal',
      at,
    },
  }
}
