import type { Account } from '../../../compose/accounts.ts'
import { accepted } from '../../../engine/answers/accepted.ts'
import type { RemoteBatches, OrphanedBatch } from '../../../engine/cleanup/remote-batches.ts'
import { cancelOrphan, isOver } from '../../../engine/submission/orphaned-batch.ts'
import type { Project } from '../../../compose/project.ts'
import { whyOrphaned } from '../look/batches-view.ts'
import { agrees } from './cancel-part.ts'
import type { CommandContext } from '../../command.ts'
import { formatCount, formatLarge, plural } from '../../../wording/count.ts'
import { exits } from '../../exit-codes.ts'

interface Orphan {
  readonly account: Account
  readonly orphan: OrphanedBatch
}

/**
 * The cancellation of orphaned batches that nothing waits for and that still run, after saying what is billed all the
 * same.
 */
export async function cancelOrphans(
  context: CommandContext,
  offpeak: Project,
  found: readonly { readonly account: Account; readonly seen: RemoteBatches }[],
  yes: boolean,
): Promise<number> {
  const orphaned = found.flatMap(({ account, seen }) =>
    seen.orphans.map((orphan): Orphan => ({ account, orphan })),
  )
  const cancellable = orphaned.filter(
    ({ orphan }) => !orphan.adoptable && orphan.goesOnIn === null && !isOver(orphan.batch),
  )
  for (const { orphan } of orphaned) context.say(line(orphan))
  if (cancellable.length > 0) {
    context.say(
      '  What they have answered is billed by the provider, and merged nowhere. If another copy of this state is in use (a backup that was put back), its batches are among them.',
    )
    if (!(await agrees(context, yes, `Cancel ${plural(cancellable.length, 'batch', 'batches')}?`)))
      return exits.declined
  }
  const cancelled: { batch: string; state: string }[] = []
  for (const { account, orphan } of cancellable) {
    const reply = await cancelOrphan(offpeak.flow, account.provider, orphan.batch, orphan)
    if (reply === null) continue
    const { id, state } = accepted(account.provider, reply, `cancelling ${orphan.batch.id}`)
    cancelled.push({ batch: id, state })
  }
  if (context.globals.json)
    context.printJson({ schema: 'offpeak.orphans/2', orphans: orphaned.length, cancelled })
  else if (cancellable.length === 0)
    context.say(orphaned.length === 0 ? '  No batch is orphaned.' : '  None of them has to be cancelled.')
  else context.say(`  ${plural(cancelled.length, 'batch is', 'batches are')} being cancelled.`)
  return 0
}

function line(orphan: OrphanedBatch): string {
  const { id, state, counts, usage } = orphan.batch
  const answered =
    counts === null
      ? 'how many are answered is not told'
      : `${formatCount(counts.completed)} of ${plural(counts.total, 'request')} answered`
  const tokens =
    usage === null || usage.inputTokens + usage.outputTokens === 0
      ? ''
      : `, ${formatLarge(usage.inputTokens)} tokens in and ${formatLarge(usage.outputTokens)} out`
  const why = orphan.adoptable
    ? `an attempt waits for it: offpeak batches --adopt ${id}`
    : orphan.goesOnIn !== null
      ? `a state that is gone sent it: offpeak ${orphan.run === null ? 'run' : 'resume'} ${orphan.goesOnIn} continues with it`
      : isOver(orphan.batch)
        ? 'over already; it costs nothing more'
        : whyOrphaned(orphan)
  return `  ${id}   ${state}, ${answered}${tokens}; ${why}`
}
