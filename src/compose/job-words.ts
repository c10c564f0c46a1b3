import type { AnyJob } from '../ports/job.ts'

/** The provider and the model that a job asks, by its definition alone. */
export function modelWords({ model: { provider, model, name } }: Pick<AnyJob, 'model'>): string {
  return `${name ?? provider} / ${model ?? 'named by the environment'}`
}

/** Where a job reads, by its definition alone. */
export function sourceWords({ from }: Pick<AnyJob, 'from'>): string {
  return typeof from === 'function' ? 'by parameters' : from.describe
}

/** The tables or files that a job writes, by its definition alone. */
export function sinkWords({ to, join }: Pick<AnyJob, 'to' | 'join'>): string {
  return [to, join].flatMap((sink) => (sink ? [placeOf(sink)] : [])).join(', ')
}

/** The table or file of one sink. */
export function placeOf(sink: NonNullable<AnyJob['to'] | AnyJob['join']>): string {
  if ('set' in sink) {
    const table = 'table' in sink ? sink.table : sink.upsert
    return sink.database === undefined ? table : `${table} in ${sink.database}`
  }
  if ('file' in sink) return 'a file each'
  if ('sink' in sink) return sink.sink.describe
  return 'jsonl' in sink ? sink.jsonl : 'csv' in sink ? sink.csv : sink.parquet
}
