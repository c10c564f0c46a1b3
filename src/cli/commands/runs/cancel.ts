import { isRunning } from '../../../domain/attempt.ts'
import { OffpeakError } from '../../../domain/errors.ts'
import type { Project } from '../../../compose/project.ts'
import type { RunRow } from '../../../ports/state.ts'
import type { RunStatus } from '../../../engine/queries/status.ts'
import { agrees, asAsked, cancelOneBatch, cancelUnsent } from './cancel-part.ts'
import { followRun } from './follow-run.ts'
import { chooseRun, liveRuns } from './choose-run.ts'
import { command } from '../../command.ts'
import { textFlag, yesFlag } from '../../../wording/commands/flags.ts'
import { formatCount, plural } from '../../../wording/count.ts'
import { formatMost, formatUsd } from '../../../wording/amount.ts'
import { exits } from '../../exit-codes.ts'

const cancel = command({
  name: 'cancel',
  summary: 'stop a run; what is paid for is kept',
  group: 'Run',
  arguments: [
    {
      syntax: '[run]',
      summary: 'a run (or the start of its id, or a job); without it, the one that is running',
    },
  ],
  options: {
    all: yesFlag('--all', 'every run that is running'),
    unsent: yesFlag('--unsent', 'drop only what was not sent yet; the rest continues and is merged'),
    batch: textFlag('--batch <batch>', "one batch at the provider, by its number or the provider's id"),
    yes: yesFlag('-y, --yes', 'do not ask'),
  },
  examples: [
    'offpeak cancel 7k2m',
    'offpeak cancel 7k2m --unsent',
    'offpeak cancel 7k2m --batch 3',
    'offpeak cancel --all --yes',
  ],
  notes: [
    'What was not sent is dropped. Batches at the provider are cancelled; what they answered until then is billed, and merged.',
    'With --unsent, records that were to be sent again, by hand or automatically, are not, and keep the outcome of their last try.',
    'It follows only as long as something moves: when all that is left waits for a provider or a sink that does not answer, it says so and leaves with 7; offpeak resume continues.',
    'With --batch, what that batch had not begun ends as expired and is sent again by the run; what the provider reports as cancelled waits for offpeak retry.',
  ],
  async run(context, [named], { all, unsent, batch, yes }) {
    checkChoice(all, unsent, batch)
    const offpeak = await context.open()
    const runs = all ? await liveRuns(offpeak) : [await chooseRun(offpeak, named)]
    if (runs.length === 0) context.say('  No run is running.')
    let exit = 0
    for (const run of runs) {
      if (unsent || batch !== null) {
        const done =
          batch === null
            ? await cancelUnsent(context, offpeak, run, yes)
            : await cancelOneBatch(context, offpeak, run, batch, yes)
        if (done === exits.interrupted || done === exits.declined) return done
        exit = Math.max(exit, done)
        continue
      }
      const status = await offpeak.status(run.id)
      if (run.liveKey !== null) {
        context.say(stillBilled(status))
        if (!(await agrees(context, yes, `Cancel run ${run.id} of ${run.job}?`))) return exits.declined
      }
      await offpeak.cancel(run.id)
      await requireProvider(offpeak, run)
      const ended = await followRun(context, offpeak, {
        runIds: [run.id],
        waitMs: null,
        detach: false,
        leaveStuck: true,
      })
      exit = Math.max(exit, asAsked(ended, await offpeak.status(run.id)))
      if (ended === exits.interrupted) return ended
    }
    return exit
  },
})
export { cancel as command }

/** Throws E_USAGE for choices that contradict each other. */
function checkChoice(all: boolean, unsent: boolean, batch: string | null): void {
  if (batch === null || (!all && !unsent)) return
  throw new OffpeakError('E_USAGE', `--batch and --${all ? 'all' : 'unsent'} exclude each other`, {
    fix: 'offpeak cancel <run> --batch <batch>',
  })
}

/** Whoever cannot be reached for want of a key or of the job's file is not told to stop. Throws what is missing. */
async function requireProvider(offpeak: Project, { id, job }: RunRow): Promise<void> {
  try {
    await offpeak.provider(job)
  } catch (thrown) {
    if (!(thrown instanceof OffpeakError)) throw thrown
    throw new OffpeakError(
      thrown.code,
      `run ${id} is asked to stop, and its provider cannot be told: ${thrown.message}`,
      {
        ...(thrown.where === null ? {} : { where: thrown.where }),
        fix: [thrown.fix, `Then: offpeak resume ${id}`].filter(Boolean).join('\n'),
        money: 'unknown',
      },
    )
  }
}

function stillBilled({ run, batches, money, counts, retrying }: RunStatus): string {
  const running = batches.filter(({ state }) => isRunning(state))
  const waiting = batches.filter(({ state }) => state === 'waiting')
  const done = running.reduce((sum, { remote }) => sum + remote.completed, 0)
  const lines = [
    `  Run ${run}: ${formatCount(counts.merged ?? 0)} merged, ${formatUsd(money.spentMicroUsd)} spent; that stays.`,
  ]
  if (running.length > 0) {
    lines.push(
      `  ${plural(running.length, 'batch is', 'batches are')} at the provider: what ${running.length === 1 ? 'it has' : 'they have'} answered${done > 0 ? ` (${formatCount(done)} so far)` : ''} is billed, at most ${formatMost(money.reservedMicroUsd)}, and merged.`,
    )
  }
  if (waiting.length > 0)
    lines.push(
      `  ${plural(waiting.length, 'batch was', 'batches were')} not sent and cost${waiting.length === 1 ? 's' : ''} nothing.`,
    )
  if (retrying > 0)
    lines.push(
      `  ${plural(retrying, 'record that was to be sent again is not, and keeps', 'records that were to be sent again are not, and keep')} what the last try brought.`,
    )
  return lines.join('\n')
}
