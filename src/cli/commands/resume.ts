import { requireRoom, requireSubmitted } from '../../engine/caps.ts'
import type { Offpeak } from '../../offpeak.ts'
import type { RunRow } from '../../ports/state.ts'
import { carry } from './carry.ts'
import { chooseRun, liveRuns } from './choose-run.ts'
import { command, type CommandContext } from '../command.ts'
import { amountFlag, durationFlag, yesFlag } from './flags.ts'

interface ContinueOptions {
  readonly maxCost: number | null
  readonly wait: number | null
  readonly detach: boolean
}

const resume = command({
  name: 'resume',
  summary: 'carry on a run, or one that is paused',
  group: 'Run',
  arguments: [
    {
      syntax: '[run]',
      summary: 'a run (or the start of its id, or a job); without it, the one that is going on',
    },
  ],
  options: {
    all: yesFlag('--all', 'every run that is going on, one after the other'),
    maxCost: amountFlag('--max-cost <amount>', 'what the run may cost in all from now on'),
    detach: yesFlag('--detach', 'leave when everything that may go out is sent'),
    wait: durationFlag('--wait <duration>', 'leave after so long (exit 7); the run goes on'),
  },
  examples: [
    'offpeak resume',
    'offpeak resume 7k2m',
    "offpeak resume 7k2m --max-cost '$120'",
    'offpeak resume --all --wait 6h',
  ],
  notes: [
    'Takes up batches that are at the provider, sends what waits and merges what is there. Nothing is sent twice.',
  ],
  async run(context, [named], options) {
    const offpeak = await context.open()
    const runs = await liveRuns(offpeak)
    if (runs.length === 0 && named === undefined) return nothingLives(context)
    if (!options.all) return continueRun(context, offpeak, await chooseRun(offpeak, named), options)
    let exit = 0
    for (const run of runs) {
      const ended = await continueRun(context, offpeak, run, options)
      if (ended === 130) return ended
      exit = Math.max(exit, ended)
    }
    return exit
  },
})
export { resume as command }

function nothingLives(context: CommandContext): number {
  if (context.globals.json) context.printJson({ schema: 'offpeak.runs/1', runs: [] })
  else context.say('  No run is going on; there is nothing to resume.')
  return 0
}

/** Lets a run go on, with a new cap when one is given, and carries it. Throws E_BUDGET when it would stop again at once. */
export async function continueRun(
  context: CommandContext,
  offpeak: Offpeak,
  run: RunRow,
  { maxCost, wait, detach }: ContinueOptions,
): Promise<number> {
  const carryOn = (): Promise<number> => carry(context, offpeak, { runIds: [run.id], waitMs: wait, detach })
  if (run.liveKey === null) return carryOn()
  const { money } = await offpeak.status(run.id)
  requireRoom(run, money, maxCost)
  requireSubmitted(run)
  await offpeak.resume(run.id, maxCost)
  return carryOn()
}
