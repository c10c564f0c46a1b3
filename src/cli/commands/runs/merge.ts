import { resolve } from 'node:path'
import { OffpeakError } from '../../../domain/errors.ts'
import { needsAttention, type OutcomeCounts } from '../../../domain/outcome.ts'
import { bringAnswers, broughtFlags, requireKey } from './bring-answers.ts'
import { command } from '../../command.ts'
import { countFlag, textFlag, textsFlag, yesFlag } from '../../../wording/commands/flags.ts'
import { formatCount, plural } from '../../../wording/count.ts'
import type { DroppedAnswered } from '../../../engine/control/drop-answered.ts'
import type { CommandContext } from '../../command.ts'

const merge = command({
  name: 'merge',
  summary: 'write stored answers again, or those of a file; pays nothing',
  group: 'Step by step',
  arguments: [
    {
      syntax: '<run>',
      summary: 'a run (or the start of its id, or a job: its newest run); with --file, a job',
    },
  ],
  options: {
    batch: countFlag('--batch <n>', 'only the answers of this batch', 0),
    file: textsFlag('--file <path>', 'answers that another system has downloaded'),
    today: yesFlag(
      '--today',
      'judge by the job as it is now, where it is not the one that the run began with',
    ),
    write: yesFlag('--write', 'where the emulator answers: write its answers where the job says'),
    ...broughtFlags,
    key: textFlag('--key <template>', "with --file: what the ids of the requests look like, as 'case-{id}'"),
  },
  examples: [
    'offpeak merge 7k2m',
    'offpeak merge 7k2m --batch 3',
    'offpeak merge 7k2m --today',
    "offpeak merge headnotes --file batch_output.jsonl --key 'case-{id}'",
    "offpeak merge headnotes --file old.jsonl --key 'case-{id}' --text-as headnote",
  ],
  notes: [
    'Judges every stored answer again by the schema and the check of the job, and writes those that fit. Where the job is not the one that the run began with, it is refused without --today. As often as you like: writing the same again changes nothing. Nothing is sent.',
    'With --file, the answers of an output or error file go through the job as if one of its own batches had brought them: matched to rows by --key, judged, merged, counted with what they cost. Answers of the same file that were taken before are left alone. With --text-as, the whole text of an answer becomes that field of the output, and the schema judges the rest.',
  ],
  async run(context, [named = ''], { batch, file, today, write, ...brought }) {
    const offpeak = await context.open()
    if (file.length > 0) {
      requireKey(brought, '--file')
      const paths = file.map((path) => resolve(context.io.cwd, context.globals.cwd, path))
      return bringAnswers(context, offpeak, named, paths, brought)
    }
    if (brought.key !== null || brought.textAs !== null || brought.params.length > 0)
      throw new OffpeakError('E_USAGE', '--key, --text-as and -p say how the answers of --file are read', {
        fix: 'name the file with --file, or leave them out: a run knows its own answers',
      })
    const before = await offpeak.status(named)
    if (today) await offpeak.takeToday(before.run)
    const dropped: DroppedAnswered[] = []
    const counts = await offpeak.mergeAgain(before.run, batch, (each) => dropped.push(each), write)
    const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
    if (context.globals.json) context.printJson({ schema: 'offpeak.merge/2', run: before.run, batch, counts })
    else
      context.show(
        `  ${plural(total, 'stored answer')} written again: ${wordsFor(counts)}. Nothing was sent.`,
      )
    if (before.rescues !== null)
      context.next('Earlier', `offpeak merge ${before.rescues}${today ? ' --today' : ''}`)
    for (const each of dropped) sayDropped(context, each)
    const people = needsAttention(counts)
    if (people > 0) context.next('Look', `offpeak errors ${before.run}`)
    return people > 0 ? 6 : 0
  },
})
export { merge as command }

/** Says what the run that asks these records again does not ask any more, and how to stop what it asks all the same. */
function sayDropped(context: CommandContext, { run, records, batchesLeft }: DroppedAnswered): void {
  if (records > 0)
    context.say(
      `  Run ${run} asks for records of this run again; ${plural(records, 'record')} of them ${records === 1 ? 'has its answer and is' : 'have their answers and are'} not sent.`,
    )
  if (records > 0) context.next('Go on', `offpeak resume ${run}`)
  if (batchesLeft === 0) return
  context.say(
    `  ${plural(batchesLeft, 'batch', 'batches')} of run ${run} with such records could not be taken back; what it has not sent need not be.`,
  )
  context.next('Drop it', `offpeak cancel ${run} --unsent`)
}

function wordsFor(counts: OutcomeCounts): string {
  const words = Object.entries(counts).map(([name, count]) => `${formatCount(count)} ${name}`)
  return words.length === 0 ? 'there are none' : words.join(' · ')
}
