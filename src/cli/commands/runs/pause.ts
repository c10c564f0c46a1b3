import type { Project } from '../../../compose/project.ts'
import type { RunRow } from '../../../ports/state.ts'
import { chooseRun, liveRuns } from './choose-run.ts'
import { command, type CommandContext } from '../../command.ts'
import { yesFlag } from '../../../wording/commands/flags.ts'
import { type GoesOn, goesOn, goesOnLines, notSentWords } from './goes-on.ts'
import { labelled } from '../../screen/table.ts'

const pause = command({
  name: 'pause',
  summary: 'send no more of a run until it is resumed',
  group: 'Run',
  arguments: [
    {
      syntax: '[run]',
      summary: 'a run (or the start of its id, or a job); without it, the one that is running',
    },
  ],
  options: { all: yesFlag('--all', 'every run that is running') },
  examples: ['offpeak pause 7k2m', 'offpeak pause --all', 'offpeak resume 7k2m'],
  notes: [
    'Batches at the provider continue, and what they answer is billed; it is merged by a worker as it ends, or when the run is resumed. A process that drives the run detaches from it. Nothing is cancelled: offpeak cancel does that.',
  ],
  async run(context, [named], { all }) {
    const offpeak = await context.open()
    const runs = all
      ? (await liveRuns(offpeak)).filter(
          ({ state, hold }) => hold === 0 && (state === 'building' || state === 'running'),
        )
      : [await chooseRun(offpeak, named)]
    const paused: PausedRun[] = []
    for (const run of runs) paused.push(await pauseOne(context, offpeak, run))
    if (context.globals.json) context.printJson({ schema: 'offpeak.pause/2', runs: paused })
    else if (runs.length === 0) context.say('  No run is sending anything.')
    return 0
  },
})
export { pause as command }

interface PausedRun extends GoesOn {
  readonly run: string
  readonly job: string
  /** It had been paused before, for this reason, which stays. */
  readonly before: string | null
}

async function pauseOne(context: CommandContext, offpeak: Project, run: RunRow): Promise<PausedRun> {
  await offpeak.pause(run.id)
  const status = await offpeak.status(run.id)
  const before = run.state === 'paused' ? status.pauseReason : null
  const facts = goesOn(status)
  if (!context.globals.json) {
    const { paint, io } = context
    const state = before === null ? 'is paused' : `was paused before: ${before}`
    context.show(
      `  ${paint.strong(`Run ${run.id} of ${run.job}`)} ${state}\n${labelled(goesOnLines(facts), paint, io.stdout.columns())}`,
    )
    context.next('Go on', `offpeak resume ${run.id}`)
    if (notSentWords(facts.notSent).length > 0) context.next('Drop', `offpeak cancel ${run.id} --unsent`)
  }
  return { run: run.id, job: run.job, before, ...facts }
}
