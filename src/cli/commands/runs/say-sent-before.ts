import { formatMost } from '../../../wording/amount.ts'
import { sentBefore } from '../../../engine/queries/sent-before.ts'
import type { Project } from '../../../compose/project.ts'
import type { CommandContext } from '../../command.ts'
import { plural } from '../../../wording/count.ts'

/**
 * A message on the files of a job, or of any (null), that were sent and that the state does not know of, and that
 * nothing has come of yet.
 */
export async function saySentBefore(
  context: CommandContext,
  { flow }: Project,
  job: string | null,
): Promise<void> {
  const sent = (await sentBefore(flow)).filter((intent) => job === null || intent.job === job)
  for (const [name, files] of Map.groupBy(sent, (intent) => intent.job)) {
    if (name === '') continue
    const requests = files.reduce((sum, intent) => sum + intent.requests, 0)
    const costMicroUsd = files.reduce((sum, { maxCostMicroUsd }) => sum + maxCostMicroUsd, 0)
    context.say(
      `  ! ${plural(files.length, 'file')} of ${name} with ${plural(requests, 'request')} (at most ${formatMost(costMicroUsd)}) ${files.length === 1 ? 'was' : 'were'} sent that this state does not know of: it was restored or made again, or another copy of the project is in use. What is asked again continues as what was sent then, and is not paid again.`,
    )
  }
}
