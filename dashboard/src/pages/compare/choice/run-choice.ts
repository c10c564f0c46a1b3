import type { RunSummary } from '../../../../../src/server/contract/run.ts'
import type { Choice } from '../../../design/controls/field.tsx'
import { plural } from '../../../../../src/wording/count.ts'
import { formatMoment } from '../../../format/time.ts'
import { runStateMark } from '../../../words/run-state.ts'

/** Runs as something to choose a side from: each with its variants, where the job has some. */
export function runChoices(
  runs: readonly RunSummary[],
  variants: readonly string[],
  now: number,
): readonly Choice[] {
  return runs.flatMap((run) => {
    const words = `${formatMoment(run.createdAt, now)}, ${plural(run.merged, 'record')}, ${runStateMark(run).words}`
    return [
      { value: run.run, words: `${run.run} · ${words}` },
      ...variants.map((variant) => ({ value: `${run.run}:${variant}`, words: `${run.run}:${variant}` })),
    ]
  })
}

/** Two sides worth comparing. */
export interface Pair {
  readonly job: string
  readonly a: string
  readonly b: string
  readonly words: string
}

/** What suggests itself: the newest two runs of a job that wrote something, and the prompts within the newest. */
export function suggestedPairs(
  runs: readonly RunSummary[],
  variantsOf: ReadonlyMap<string, readonly string[]>,
): readonly Pair[] {
  const pairs: Pair[] = []
  for (const [job, ofJob] of Map.groupBy(
    runs.filter(({ merged }) => merged > 0),
    ({ job }) => job,
  )) {
    const [newest, before] = ofJob
    if (newest === undefined) continue
    if (before !== undefined)
      pairs.push({ job, a: before.run, b: newest.run, words: 'the newest run and the one before' })
    const [first, second] = variantsOf.get(job) ?? []
    if (first !== undefined && second !== undefined)
      pairs.push({
        job,
        a: `${newest.run}:${first}`,
        b: `${newest.run}:${second}`,
        words: 'two prompts of the newest run',
      })
  }
  return pairs
}
