import type { PlanOptions } from './plan.ts'

/** Said where an end that comes too early takes what was answered by then with it. */
export function forfeitWarning(
  { job, lane }: Pick<PlanOptions, 'job' | 'lane'>,
  toSend: number,
): readonly string[] {
  if (job.provider.limits.keepsPartials !== false || lane !== 'batch' || toSend === 0) return []
  return [
    'a batch that expires or is cancelled gives nothing back here, and what had run may be billed: smaller files lose less (`batch: { maxRequests }` in the configuration)',
  ]
}
