import type { AnyJob } from '../ports/job.ts'

/** The tables or files that a job writes, by its definition alone. */
export function sinkWords({ to, join }: Pick<AnyJob, 'to' | 'join'>): string {
  return [to, join].flatMap((sink) => (sink ? [placeOf(sink)] : [])).join(', ')
}

function placeOf(sink: NonNullable<AnyJob['to'] | AnyJob['join']>): string {
  return 'table' in sink
    ? sink.table
    : 'upsert' in sink
      ? sink.upsert
      : 'jsonl' in sink
        ? sink.jsonl
        : 'a file each'
}
