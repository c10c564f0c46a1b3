import { needPerson, type OutcomeCounts } from '../domain/outcome.ts'
import { command } from './command.ts'
import { countFlag } from './flags.ts'
import { formatCount, plural } from './format.ts'

const merge = command({
  name: 'merge',
  summary: 'write the stored answers again; pays nothing',
  group: 'Step by step',
  arguments: [{ syntax: '<run>', summary: 'a run (or the start of its id, or a job: its newest run)' }],
  options: { batch: countFlag('--batch <n>', 'only the answers of this batch', 0) },
  examples: ['offpeak merge 7k2m', 'offpeak merge 7k2m --batch 3'],
  notes: [
    'Judges every stored answer again by the schema and the check as they are now, and writes those that fit. As often as you like: writing the same again changes nothing. Nothing is sent.',
  ],
  async run(context, [named = ''], { batch }) {
    const offpeak = await context.open()
    const before = await offpeak.status(named)
    const counts = await offpeak.mergeAgain(before.run, batch)
    const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
    if (context.globals.json) context.printJson({ schema: 'offpeak.merge/1', run: before.run, batch, counts })
    else
      context.print(
        `  ${plural(total, 'stored answer')} written again: ${wordsFor(counts)}. Nothing was sent.`,
      )
    const people = needPerson(counts)
    if (people > 0) context.next('Look', `offpeak errors ${before.run}`)
    return people > 0 ? 6 : 0
  },
})
export { merge as command }

function wordsFor(counts: OutcomeCounts): string {
  const words = Object.entries(counts).map(([name, count]) => `${formatCount(count)} ${name}`)
  return words.length === 0 ? 'there are none' : words.join(' · ')
}
