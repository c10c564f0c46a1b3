import { isRunning } from '../domain/attempt.ts'
import type { RunStatus } from '../engine/status.ts'
import { carry } from './carry.ts'
import { chooseRun, liveRuns } from './choose-run.ts'
import { command } from './command.ts'
import { declinedExit } from './consent.ts'
import { yesFlag } from './flags.ts'
import { formatCount, formatUsd, plural } from './format.ts'

const cancel = command({
  name: 'cancel',
  summary: 'stop a run; what is paid for is kept',
  group: 'Run',
  arguments: [
    {
      syntax: '[run]',
      summary: 'a run (or the start of its id, or a job); without it, the one that is going on',
    },
  ],
  options: {
    all: yesFlag('--all', 'every run that is going on'),
    yes: yesFlag('-y, --yes', 'do not ask'),
  },
  examples: ['offpeak cancel 7k2m', 'offpeak cancel --all --yes'],
  notes: [
    'What was not sent is dropped. Batches at the provider are cancelled; what they answered until then is billed, and merged.',
  ],
  async run(context, [named], { all, yes }) {
    const offpeak = await context.open()
    const runs = all ? await liveRuns(offpeak) : [await chooseRun(offpeak, named)]
    if (runs.length === 0) context.say('  No run is going on.')
    let exit = 0
    for (const run of runs) {
      const status = await offpeak.status(run.id)
      if (run.liveKey !== null) {
        context.say(stillBilled(status))
        if (
          !yes &&
          context.mayAsk &&
          !/^y(es)?$/i.test(
            (await context.io.ask(`  Cancel run ${run.id} of ${run.job}?  y/N  `))?.trim() ?? '',
          )
        ) {
          context.say('  Nothing was cancelled.')
          return declinedExit
        }
      }
      await offpeak.cancel(run.id)
      const ended = await carry(context, offpeak, { runIds: [run.id], waitMs: null, detach: false })
      // That records are left is what was asked for.
      exit = Math.max(exit, ended === 6 ? 0 : ended)
      if (ended === 130) return ended
    }
    return exit
  },
})
export { cancel as command }

function stillBilled({ run, batches, money, counts }: RunStatus): string {
  const running = batches.filter(({ state }) => isRunning(state))
  const waiting = batches.filter(({ state }) => state === 'waiting')
  const done = running.reduce((sum, { remote }) => sum + remote.completed, 0)
  const lines = [
    `  Run ${run}: ${formatCount(counts.merged ?? 0)} merged, ${formatUsd(money.spentMicroUsd)} spent; that stays.`,
  ]
  if (running.length > 0) {
    lines.push(
      `  ${plural(running.length, 'batch is', 'batches are')} at the provider: what ${running.length === 1 ? 'it has' : 'they have'} answered${done > 0 ? ` (${formatCount(done)} so far)` : ''} is billed, at most ${formatUsd(money.reservedMicroUsd)}, and merged.`,
    )
  }
  if (waiting.length > 0)
    lines.push(
      `  ${plural(waiting.length, 'batch was', 'batches were')} not sent and cost${waiting.length === 1 ? 's' : ''} nothing.`,
    )
  return lines.join('\n')
}
