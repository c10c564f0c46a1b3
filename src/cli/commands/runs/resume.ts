import { requireResumable } from '../../../compose/client/agreed.ts'
import type { Project } from '../../../compose/project.ts'
import type { AcceptedAnswers } from '../../../engine/control/control.ts'
import type { Adopted } from '../../../engine/job/job-change.ts'
import type { RunRow } from '../../../ports/state.ts'
import { followRun } from './follow-run.ts'
import { chooseRun, liveRuns } from './choose-run.ts'
import { command, type CommandContext } from '../../command.ts'
import { formatMost } from '../../../wording/amount.ts'
import { formatCount, plural } from '../../../wording/count.ts'
import { amountFlag, durationFlag, yesFlag } from '../../../wording/commands/flags.ts'
import { exits } from '../../exit-codes.ts'

interface ContinueOptions {
  readonly maxCost: number | null
  readonly wait: number | null
  readonly detach: boolean
  readonly accept?: boolean
  readonly today?: boolean
}

const resume = command({
  name: 'resume',
  summary: 'resume a run, or one that is paused',
  group: 'Run',
  arguments: [
    {
      syntax: '[run]',
      summary: 'a run (or the start of its id, or a job); without it, the one that is running',
    },
  ],
  options: {
    all: yesFlag('--all', 'every run that is running, one after the other'),
    maxCost: amountFlag('--max-cost <amount>', 'what the run may cost in total from now on'),
    accept: yesFlag(
      '--accept',
      'take what is there: answers that are missing count as possibly paid; what a lost state has sent is sent again',
    ),
    today: yesFlag('--today', 'continue by the job as it is now; pays nothing on its own'),
    detach: yesFlag('--detach', 'leave when everything that may go out is sent'),
    wait: durationFlag('--wait <duration>', 'leave after so long (exit 7); the run continues'),
  },
  examples: [
    'offpeak resume',
    'offpeak resume 7k2m',
    "offpeak resume 7k2m --max-cost '$120'",
    'offpeak resume 7k2m --accept',
    'offpeak resume 7k2m --today',
    'offpeak resume --all --wait 6h',
  ],
  notes: [
    'Takes up batches that are at the provider, sends what waits and merges what is there. Nothing is sent twice. Answers that were given up as lost are looked for again, which costs nothing.',
    'Where the job is not the one that the run began with, what is at the provider is still fetched, and nothing is judged or sent again until --today says that the job as it is now is meant, or the job is as it was.',
  ],
  async run(context, [named], options) {
    const offpeak = await context.open()
    const runs = await liveRuns(offpeak)
    if (runs.length === 0 && named === undefined) return nothingLives(context)
    if (!options.all) return continueRun(context, offpeak, await chooseRun(offpeak, named), options)
    let exit = 0
    for (const run of runs) {
      const ended = await continueRun(context, offpeak, run, options)
      if (ended === exits.interrupted) return ended
      exit = Math.max(exit, ended)
    }
    return exit
  },
})
export { resume as command }

function nothingLives(context: CommandContext): number {
  if (context.globals.json) context.printJson({ schema: 'offpeak.runs/2', runs: [] })
  else context.say('  No run is running; there is nothing to resume.')
  return 0
}

/** One more search for answers that were given up, and its result in words. */
export async function sayFound(context: CommandContext, offpeak: Project, run: RunRow): Promise<void> {
  const { lost, found, running } = await offpeak.lookForLost(run.id)
  if (lost === 0) return
  if (running > 0)
    context.say(
      `  The provider is still at work on ${formatCount(running)} of ${plural(lost, 'lost answer')} of run ${run.id}; the run waits for ${running === 1 ? 'it' : 'them'} without paying again.`,
    )
  if (found + running < lost || found > 0) sayLost(context, run, lost - running, found)
}

function sayLost(context: CommandContext, run: RunRow, lost: number, found: number): void {
  context.say(
    found === 0
      ? `  ${plural(lost, 'answer')} of run ${run.id} ${lost === 1 ? 'is' : 'are'} still not at the provider. Sending ${lost === 1 ? 'it' : 'them'} again would be paid again.`
      : `  ${formatCount(found)} of ${plural(lost, 'lost answer')} of run ${run.id} ${found === 1 ? 'is' : 'are'} at the provider after all, and ${found === 1 ? 'is' : 'are'} merged without paying again.`,
  )
}

/** Says what `--today` means for a run. */
function sayToday(context: CommandContext, before: RunRow, { run, isCut }: Adopted): void {
  context.say(
    run.spec === before.spec
      ? `  The job ${run.job} is the one that run ${run.id} began with.`
      : `  Run ${run.id} goes by the job ${run.job} as it is now: its answers are judged and written by it.`,
  )
  if (!isCut) return
  context.say('  It asks no more of the source, as it would ask otherwise than it began.')
  context.next('Ask the rest', `offpeak run ${run.job} --keep`)
}

/** Says what `--accept` has taken, and what it cannot take. */
function sayAccepted(
  context: CommandContext,
  run: string,
  { batches, earlier, ofAnotherKey, stillWaiting }: AcceptedAnswers,
): void {
  const { files, requests, maxCostMicroUsd } = earlier
  if (files > 0)
    context.say(
      `  ${plural(files, 'file')}${requests > 0 ? ` with ${plural(requests, 'request')}` : ''} of a state that is gone, or of another project${maxCostMicroUsd > 0 ? ` (at most ${formatMost(maxCostMicroUsd)})` : ''}, ${files === 1 ? 'is' : 'are'} waited for no longer; what is sent now may be paid a second time.`,
    )
  if (batches > 0 || files === 0)
    context.say(
      batches === 0
        ? '  No batch waits for answers that are missing.'
        : `  What ${plural(batches, 'batch has', 'batches have')} answered is taken as it is; what is missing counts as possibly paid.`,
    )
  if (ofAnotherKey > 0)
    context.say(
      `  ${plural(ofAnotherKey, 'batch belongs', 'batches belong')} to another key, and nothing more of ${ofAnotherKey === 1 ? 'it' : 'them'} can be fetched with the one that is set. With that key, offpeak resume ${run} looks for the answers again, and costs nothing.`,
    )
  for (const { batches: count, label } of stillWaiting)
    context.say(
      `  ${plural(count, 'batch waits', 'batches wait')} for something that --accept does not change: ${label}.`,
    )
}

/**
 * The resumption of a run, with a new cap when one is given, followed to its end. Throws E_BUDGET when it would stop
 * again at once.
 */
export async function continueRun(
  context: CommandContext,
  offpeak: Project,
  run: RunRow,
  { maxCost, wait, detach, accept = false, today = false }: ContinueOptions,
): Promise<number> {
  await requireResumable(offpeak, run, maxCost)
  if (today) sayToday(context, run, await offpeak.takeToday(run.id))
  const carryOn = (): Promise<number> =>
    followRun(context, offpeak, { runIds: [run.id], waitMs: wait, detach })
  if (run.liveKey === null) {
    await sayFound(context, offpeak, run)
    let exit = await carryOn()
    for (const id of (await offpeak.runsToLookIn(run.id)).slice(1)) {
      await sayFound(context, offpeak, await offpeak.find(id))
      if ((await offpeak.find(id)).liveKey !== null)
        exit = Math.max(exit, await followRun(context, offpeak, { runIds: [id], waitMs: wait, detach }))
    }
    return exit
  }
  if (accept) sayAccepted(context, run.id, await offpeak.accept(run.id))
  const { capMicroUsd } = (await offpeak.status(run.id)).money
  await offpeak.resume(run.id, maxCost)
  if (maxCost !== null && capMicroUsd !== null && maxCost < capMicroUsd)
    context.say(
      `  Run ${run.id} may cost ${formatMost(maxCost)} in total from now on; it was ${formatMost(capMicroUsd)}.`,
    )
  return carryOn()
}
