import type { AnyJob } from '../../ports/job.ts'
import type { PreparedJob } from '../job/prepare.ts'
import type { Rescue } from '../spec.ts'

/** Records that a query selects although they are done: what was written of them may be gone from the table. */
export interface SelectedAgain {
  readonly records: number
  /** The runs that hold their answers, newest first: merging one writes its answers again for nothing. */
  readonly runs: readonly string[]
}

/** Records of a plan that are selected again, where many are done; a rescue selects what it was told to. */
export function selectedAgainOf(
  { job, rescue }: { readonly job: PreparedJob; readonly rescue: Rescue | null },
  records: number,
  doneIn: readonly string[],
): SelectedAgain | null {
  return doneIn.length > 0 && rescue === null && readsOwnTable(job.source.describe, job.job)
    ? { records, runs: doneIn }
    : null
}

/**
 * Whether the query of a job reads the very table that its answers go into, and so can leave out what has one: a record
 * that it selects all the same has none there. `source` names the tables, as a source describes itself.
 */
function readsOwnTable(source: string, { to, join }: Pick<AnyJob, 'to' | 'join'>): boolean {
  const [described = ''] = source.split(' · ')
  const read = described
    .replace(/ in .*$/s, '')
    .split(', ')
    .map(bareName)
  return [to, join].some((sink) => {
    const written = sink === undefined ? null : tableOf(sink)
    return written !== null && read.includes(bareName(written))
  })
}

function tableOf(sink: object): string | null {
  const named: unknown = Reflect.get(sink, 'table') ?? Reflect.get(sink, 'upsert')
  return typeof named === 'string' ? named : null
}

/** A table without its schema and its quotes. */
function bareName(table: string): string {
  return (/[^."]+(?="?$)/.exec(table)?.[0] ?? table).toLowerCase()
}
