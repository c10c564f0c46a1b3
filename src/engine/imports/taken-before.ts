import type { RunRow } from '../../ports/state.ts'
import type { Flow } from '../flow.ts'
import { specOf } from '../spec.ts'
import type { ForeignAnswer, ForeignAnswers } from './foreign-answers.ts'

/** Runs of a job that are looked at. */
const maxRuns = 1_000

/** Answers of the files at hand that earlier runs took. */
export interface TakenBefore {
  /** Answers that were dropped for it so far. */
  readonly count: number
  readonly runs: ReadonlySet<string>
  /** Takes out what an earlier run has taken of the same file, read in the same way; keys are those of records. */
  readonly drop: (answers: Map<string, ForeignAnswer>) => Promise<void>
}

/** Answers of the files that were taken before, so that no answer is judged, counted and booked twice. */
export async function takenBefore(
  { store }: Pick<Flow, 'store'>,
  run: RunRow,
  { digests }: ForeignAnswers,
): Promise<TakenBefore> {
  const brought = specOf(run).brought
  const paths = [...digests.keys()]
  const earlier: { readonly id: string; readonly paths: ReadonlySet<string> }[] = []
  for (const row of await store.runs({ job: run.job, limit: maxRuns })) {
    const same = new Set(paths.filter((_path, at) => specOf(row).brought.includes(brought[at] ?? '')))
    if (row.id !== run.id && row.state !== 'cancelled' && same.size > 0)
      earlier.push({ id: row.id, paths: same })
  }
  let count = 0
  const runs = new Set<string>()
  return {
    get count() {
      return count
    },
    runs,
    async drop(answers) {
      for (const { id, paths: same } of earlier) {
        const wanted = [...answers].filter(([, { path }]) => same.has(path))
        if (wanted.length === 0) continue
        const { known } = await store.recall(
          id,
          null,
          wanted.map(([key]) => ({ key, fingerprint: '' })),
        )
        for (const key of known) if (answers.delete(key)) count += 1
        if (known.size > 0) runs.add(id)
      }
    },
  }
}
