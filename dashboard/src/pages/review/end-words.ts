import type { ReviewQueue } from '../../../../src/server/contract/review.ts'
import type { RunStatus } from '../../../../src/server/contract/run.ts'
import { formatCount, plural } from '../../../../src/wording/count.ts'
import { listedKey } from '../../../../src/wording/typed-key.ts'
import { shellWord } from '../../../../src/wording/shell-word.ts'
import type { ReviewSource } from './review-source.ts'

/** What a person has said of a list, at its end. */
export interface ReviewedList {
  readonly source: ReviewSource
  readonly given: ReviewQueue['verdicts']
  readonly accepted: ReviewQueue['accepted']
  /** Of which nothing is said. */
  readonly open: number
  /** How many of the list were there to be read. */
  readonly read: number
  readonly total: number
  /** Whether a sample left nothing out. */
  readonly whole: boolean
  readonly status: Pick<RunStatus, 'run' | 'job' | 'counts'>
}

/** What it means, in a few sentences. */
export function endWords({
  source,
  given,
  accepted,
  open,
  read,
  total,
  whole,
}: ReviewedList): readonly string[] {
  const good = given.accept + given.edit
  return [
    ...(source === 'sample'
      ? [
          ...sampleWords(accepted, { whole, isAll: whole && given.skip + open === 0 }),
          ...(given.reject > 0 ? ['That a written answer is rejected is only noted; it stays written.'] : []),
        ]
      : [
          ...(good > 0
            ? [`What was accepted or edited, ${plural(good, 'answer')}, is written where it was not.`]
            : []),
          ...(given.reject > 0
            ? [
                `${plural(given.reject, 'answer')} ${given.reject === 1 ? 'is' : 'are'} \`declined\`: not asked again before the record changes, or somebody sends it again.`,
              ]
            : []),
        ]),
    ...(given.skip > 0
      ? [
          `${plural(given.skip, 'answer')} ${given.skip === 1 ? 'is' : 'are'} skipped, for somebody else to judge.`,
        ]
      : []),
    ...(open > 0 ? [`Nothing is said of ${plural(open, 'answer')} yet.`] : []),
    ...(total > read ? [`The list had the first ${formatCount(read)} of ${formatCount(total)}.`] : []),
  ]
}

function sampleWords(
  accepted: ReviewQueue['accepted'],
  { whole, isAll }: { readonly whole: boolean; readonly isAll: boolean },
): readonly string[] {
  if (accepted === null) return ['Nobody has said yet whether they are good.']
  if (isAll) return ['Every answer that was written automatically was judged: the share is exact.']
  const percent = Math.round(accepted.percent)
  const low = Math.max(0, Math.floor(accepted.percent - accepted.errorPercent))
  const high = Math.min(100, Math.ceil(accepted.percent + accepted.errorPercent))
  return [
    `${percent} % of the sample are good. Of all answers that were written automatically it is most likely between ${low} and ${high} % (so sure one can be in 19 of 20 cases); ${whole ? 'judging the rest of it' : 'a larger sample'} narrows it.`,
  ]
}

/** So many the server gives of a list. */
const mostSampled = 1_000
/** So many records can be named on one line. */
const mostNamed = 20

/** What comes next on the command line. */
export function nextCommands({
  source,
  given,
  read,
  whole,
  status: { run, job, counts },
  rejected,
}: ReviewedList & {
  /** The keys of the list that were rejected. */
  readonly rejected: readonly string[]
}): readonly { readonly words: string; readonly command: string }[] {
  const failed = (['invalid', 'truncated', 'refused', 'rejected'] as const).filter(
    (name) => (counts[name] ?? 0) > 0,
  )
  const named = rejected.map(listedKey)
  return [
    ...(source === 'sample' && named.length > 0 && named.length <= mostNamed
      ? [
          {
            words: 'What asking for the rejected ones again costs',
            command: `offpeak plan ${shellWord(job)} --only ${shellWord(named.join(','))} --redo`,
          },
        ]
      : []),
    ...(source === 'sample' && !whole && read < mostSampled
      ? [
          {
            words: 'Read more of them',
            command: `offpeak review ${run} --sample ${Math.min(mostSampled, read * 4)}`,
          },
        ]
      : []),
    ...(source !== 'sample' && given.reject > 0
      ? [{ words: 'Ask for the rejected ones again', command: `offpeak retry ${run} --status declined` }]
      : []),
    ...(source === 'failed' && failed.length > 0
      ? [{ words: 'Ask for the rest again, and what it costs', command: `offpeak errors ${run}` }]
      : []),
    ...(source === 'review' && failed.length > 0
      ? [{ words: 'Judge those that failed', command: `offpeak review ${run} --failed` }]
      : []),
    { words: 'What is written', command: `offpeak results ${run} --status ok` },
  ]
}
