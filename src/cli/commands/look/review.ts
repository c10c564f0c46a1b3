import { OffpeakError } from '../../../domain/errors.ts'
import type { ReviewQueue, ReviewSource } from '../../../engine/review/queue.ts'
import { command, type CommandContext } from '../../command.ts'
import { cleanKey } from '../../screen/clean.ts'
import { acceptedWords } from '../../screen/views/review-view.ts'
import { formatCount, plural } from '../../../wording/count.ts'
import { table } from '../../screen/table.ts'
import { countFlag, yesFlag } from '../../../wording/commands/flags.ts'
import { reviewOneByOne } from './review-keys.ts'

const review = command({
  name: 'review',
  summary: 'judge answers one by one: accept, edit or reject',
  group: 'Look',
  arguments: [{ syntax: '<run>', summary: 'a run (or the start of its id, or a job: its newest run)' }],
  options: {
    sample: countFlag('--sample <n>', 'n of those that were written, always the same ones'),
    failed: yesFlag('--failed', 'those that are there and were not accepted: invalid, truncated, …'),
  },
  examples: [
    'offpeak review 7k2m',
    'offpeak review headnotes --sample 100',
    'offpeak review 7k2m --failed --json',
  ],
  notes: [
    'Without an option: those that scored below the minimum, the lowest first. Accepted and edited answers are written where they are not; rejected ones that wait are declined. Nothing is sent or paid.',
    'Question and answer are cut to the height of the terminal; v shows all of both. e opens the answer in $VISUAL or $EDITOR. Without a terminal, or with --json, the list is printed.',
  ],
  async run(context, [named = ''], { sample, failed }) {
    if (sample !== null && failed)
      throw new OffpeakError('E_USAGE', '--sample and --failed are two lists', { fix: 'take one of them' })
    const offpeak = await context.open()
    const run = await offpeak.find(named)
    const source: ReviewSource = sample !== null ? 'sample' : failed ? 'failed' : 'review'
    const queue = await offpeak.reviewQueue(run.id, { source, sample: sample ?? 1 })
    if (context.globals.json) context.printJson(queue)
    else if (queue.items.length === 0) context.say(`  Run ${run.id} of ${run.job} has ${nothing[source]}.`)
    else if (context.mayAsk) await reviewOneByOne(context, offpeak, queue)
    else list(context, queue)
    return 0
  },
})
export { review as command }

const nothing: Readonly<Record<ReviewSource, string>> = {
  review: 'no answer that waits for a person',
  sample: 'no answer that was written',
  failed: 'no answer that was not accepted',
}

function list(
  context: CommandContext,
  { run, job, items, total, verdicts: given, accepted }: ReviewQueue,
): void {
  const { paint, io } = context
  const said = given.accept + given.edit + given.reject
  const words = accepted === null ? '' : `   ${plural(said, 'verdict')}, ${acceptedWords(accepted)}`
  context.print(`  ${paint.strong(`Run ${run} of ${job}`)}   ${plural(total, 'answer')}${words}`)
  context.print(
    table(
      [
        { title: 'record', value: ({ key }) => cleanKey(key), shrink: true, middle: true },
        { title: 'outcome', value: ({ outcome }) => outcome },
        { title: 'score', value: ({ score }) => (score === null ? '-' : score.toFixed(2)), right: true },
        { title: 'verdict', value: ({ verdict }) => verdict ?? '-' },
      ],
      items,
      { paint, width: io.stdout.columns() },
    ),
  )
  if (total > items.length) context.print(paint.faint(`  ${formatCount(total - items.length)} more follow.`))
}
