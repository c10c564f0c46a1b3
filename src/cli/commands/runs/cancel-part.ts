import { OffpeakError } from '../../../domain/errors.ts'
import type { Project } from '../../../compose/project.ts'
import type { DroppedUnsent } from '../../../engine/control/drop-unsent.ts'
import type { RunRow } from '../../../ports/state.ts'
import { followRun } from './follow-run.ts'
import { chooseBatch } from './choose-run.ts'
import type { CommandContext } from '../../command.ts'
import { formatCount, plural } from '../../../wording/count.ts'
import { goesOn, goesOnLines } from './goes-on.ts'
import { isMoneyOpen } from '../../screen/result.ts'
import type { RunStatus } from '../../../engine/queries/status.ts'
import { labelled } from '../../screen/table.ts'
import { exits } from '../../exit-codes.ts'

/** Whether a person at the terminal says yes; true where nobody can be asked, or `--yes` was given. */
export async function agrees(context: CommandContext, yes: boolean, question: string): Promise<boolean> {
  if (yes || !context.mayAsk) return true
  if (/^y(es)?$/i.test((await context.io.ask(`  ${question}  y/N  `))?.trim() ?? '')) return true
  context.say('  Nothing was cancelled.')
  return false
}

/**
 * The end of the unsent part of a run; the rest continues, and is followed to its end when nothing is at the provider.
 */
export async function cancelUnsent(
  context: CommandContext,
  offpeak: Project,
  run: RunRow,
  yes: boolean,
): Promise<number> {
  if (run.liveKey === null || run.state === 'cancelling')
    throw new OffpeakError('E_RUN_STATE', `run ${run.id} is ${run.state}; nothing of it waits to be sent`)
  const words = (facts: ReturnType<typeof goesOn>): string =>
    labelled(goesOnLines(facts), context.paintWords, context.io.stderr.columns())
  context.say(`  Run ${run.id} of ${run.job}\n${words(goesOn(await offpeak.status(run.id)))}`)
  if (!(await agrees(context, yes, `Drop what of run ${run.id} was not sent?`))) return exits.declined
  const dropped = await offpeak.cancelUnsent(run.id, context.interruptible())
  context.say(droppedWords(dropped))
  const facts = goesOn(await offpeak.status(run.id))
  if (facts.atProvider.batches === 0)
    return asAsked(
      await followRun(context, offpeak, { runIds: [run.id], waitMs: null, detach: false, leaveStuck: true }),
      await offpeak.status(run.id),
    )
  if (context.globals.json)
    context.printJson({ schema: 'offpeak.cancel-unsent/2', run: run.id, job: run.job, ...dropped, ...facts })
  context.next('Go on', `offpeak resume ${run.id}`)
  return 0
}

function droppedWords({ batches, records, retries, sourceCut }: DroppedUnsent): string {
  const parts = [
    ...(batches === 0 ? [] : [`${plural(records, 'record')} in ${plural(batches, 'batch', 'batches')}`]),
    ...(retries === 0 ? [] : [`${plural(retries, 'record')} to be sent again`]),
  ]
  const unread = sourceCut ? '; the rest of the source is not read any more' : ''
  return parts.length === 0
    ? `  Nothing was waiting to be sent${unread}.`
    : `  ${parts.join(' and ')} dropped, unpaid${unread}.`
}

/** The cancellation of one batch at the provider; what it has not answered follows the retry rules. */
export async function cancelOneBatch(
  context: CommandContext,
  offpeak: Project,
  run: RunRow,
  named: string,
  yes: boolean,
): Promise<number> {
  const batch = chooseBatch(await offpeak.status(run.id), named)
  const { completed, total } = batch.remote
  context.say(
    `  Batch ${batch.n} of run ${run.id}${batch.providerBatchId === null ? '' : ` (${batch.providerBatchId})`}: ${formatCount(completed)} of ${formatCount(total === 0 ? batch.requests : total)} answered as last seen; answers are billed, and merged.`,
  )
  if (!(await agrees(context, yes, 'Cancel this batch?'))) return exits.declined
  const remote = await offpeak.cancelBatch(run.id, batch.n)
  if (context.globals.json)
    context.printJson({
      schema: 'offpeak.cancel-batch/2',
      run: run.id,
      job: run.job,
      batch: batch.n,
      providerBatchId: remote.id,
      state: remote.state,
      counts: remote.counts,
    })
  context.say(
    `  The provider was told. What it had not begun ends as expired, and the run sends it again automatically; what it reports as cancelled waits: offpeak errors ${run.id} has the command that sends it again.`,
  )
  context.next('Go on', `offpeak resume ${run.id}`)
  return 0
}

/**
 * The exit code after a part was cancelled: that records are left is what was asked for, money without an answer is
 * not.
 */
export function asAsked(exit: number, status: Pick<RunStatus, 'money'>): number {
  return exit === exits.needsAttention && !isMoneyOpen(status) ? 0 : exit
}
