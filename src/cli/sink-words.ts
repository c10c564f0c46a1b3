import type { AnyJob } from '../ports/job.ts'

/** The table or file that a job writes, by its definition alone. */
export function sinkWords({ to }: AnyJob): string {
  return 'table' in to ? to.table : 'upsert' in to ? to.upsert : 'jsonl' in to ? to.jsonl : 'a file each'
}
