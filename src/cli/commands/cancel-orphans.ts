import type { Account } from '../../compose/accounts.ts'
import { accepted } from '../../engine/answers/accepted.ts'
import type { RemoteBatches, StrayBatch } from '../../engine/cleanup/remote-batches.ts'
import { cancelStray, isOver } from '../../engine/submission/stray.ts'
import type { Project } from '../../compose/project.ts'
import { whyStray } from './batches-view.ts'
import { agrees } from './cancel-part.ts'
import type { CommandContext } from '../command.ts'
import { declinedExit } from './consent.ts'
import { formatCount, formatLarge, plural } from '../../wording/count.ts'

interface Orphan {
  readonly account: Account
  readonly stray: StrayBatch
}

/** Cancels strays that nothing waits for and that still run, after saying what is billed all the same. */
export async function cancelOrphans(
  context: CommandContext,
  offpeak: Project,
  found: readonly { readonly account: Account; readonly seen: RemoteBatches }[],
  yes: boolean,
): Promise<number> {
  const strays = found.flatMap(({ account, seen }) =>
    seen.strays.map((stray): Orphan => ({ account, stray })),
  )
  const orphans = strays.filter(
    ({ stray }) => !stray.adoptable && stray.goesOnIn === null && !isOver(stray.batch),
  )
  for (const { stray } of strays) context.say(line(stray))
  if (orphans.length > 0) {
    context.say(
      '  What they have answered is billed by the provider, and merged nowhere. If another copy of this state is in use (a backup that was put back), its batches are among them.',
    )
    if (!(await agrees(context, yes, `Cancel ${plural(orphans.length, 'batch', 'batches')}?`)))
      return declinedExit
  }
  const cancelled: { batch: string; state: string }[] = []
  for (const { account, stray } of orphans) {
    const reply = await cancelStray(offpeak.flow, account.provider, stray.batch, stray)
    if (reply === null) continue
    const { id, state } = accepted(account.provider, reply, `cancelling ${stray.batch.id}`)
    cancelled.push({ batch: id, state })
  }
  if (context.globals.json)
    context.printJson({ schema: 'offpeak.orphans/1', strays: strays.length, cancelled })
  else if (orphans.length === 0)
    context.say(strays.length === 0 ? '  No batch is astray.' : '  None of them has to be cancelled.')
  else context.say(`  ${plural(cancelled.length, 'batch is', 'batches are')} being cancelled.`)
  return 0
}

function line(stray: StrayBatch): string {
  const { id, state, counts, usage } = stray.batch
  const answered =
    counts === null
      ? 'how many are answered is not told'
      : `${formatCount(counts.completed)} of ${plural(counts.total, 'request')} answered`
  const tokens =
    usage === null || usage.inputTokens + usage.outputTokens === 0
      ? ''
      : `, ${formatLarge(usage.inputTokens)} tokens in and ${formatLarge(usage.outputTokens)} out`
  const why = stray.adoptable
    ? `an attempt waits for it: offpeak batches --adopt ${id}`
    : stray.goesOnIn !== null
      ? `a state that is gone sent it: offpeak ${stray.run === null ? 'run' : 'resume'} ${stray.goesOnIn} goes on with it`
      : isOver(stray.batch)
        ? 'over already; it costs nothing more'
        : whyStray(stray)
  return `  ${id}   ${state}, ${answered}${tokens}; ${why}`
}
