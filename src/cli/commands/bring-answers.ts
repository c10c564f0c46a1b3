import type { ForeignAnswers } from '../../engine/bring/foreign-answers.ts'
import type { Offpeak } from '../../offpeak.ts'
import { carry } from './carry.ts'
import type { CommandContext } from '../command.ts'
import { plural } from '../screen/format.ts'

/** Has a job take answers that another system has paid for, and carries the run that writes them. */
export async function bringAnswers(
  context: CommandContext,
  offpeak: Offpeak,
  job: string,
  answers: ForeignAnswers,
  template: string,
): Promise<number> {
  const { run, matched, unmatched, ambiguous, unusable } = await offpeak.ingest(
    job,
    answers,
    template,
    new AbortController().signal,
  )
  const left = [
    unmatched === 0 ? '' : `; ${plural(unmatched, 'answer has', 'answers have')} no record in the source`,
    ambiguous === 0
      ? ''
      : `; ${plural(ambiguous, 'answer is', 'answers are')} for a whole of which the job makes parts, and left out`,
    unusable === 0 ? '' : `; ${plural(unusable, 'line is', 'lines are')} no answer or a second one`,
  ]
  for (const { path, line, reason } of answers.problems)
    context.say(context.paintWords.warn(`  ! ${path}:${line} is not used: ${reason}`))
  context.say(`  Run ${run.id} takes ${plural(matched, 'answer')}${left.join('')}. Nothing is sent.`)
  return carry(context, offpeak, { runIds: [run.id], waitMs: null, detach: false })
}
