import type { Plan } from '../../../engine/plan/plan.ts'
import { whyNothing } from '../../../engine/plan/why-nothing.ts'
import type { CommandContext } from '../../command.ts'
import { plural } from '../../../wording/count.ts'
import { cleanKey, cleanLine } from '../../screen/clean.ts'
import { leftOutLines, paidBeforeWords, selectedAgainWords } from '../../screen/views/plan-view.ts'
import { exits } from '../../exit-codes.ts'

/**
 * The exit code of a plan that has nothing to send, which says why, with the command that says what sending it `again`
 * costs.
 */
export function nothingToSend(
  context: CommandContext,
  plan: Plan,
  again: string,
  { about = '', write = false } = {},
): number {
  const { selected, unusable, paidBefore, failsAgain, uncompared, job } = plan
  context.say(`  ${about}Nothing to do: ${whyNothing(plan)}. Nothing was sent.`)
  if (paidBefore !== null) {
    context.say(`  ${paidBeforeWords(paidBefore, job).replaceAll('\n', '\n  ')}`)
    context.next('Look again', `offpeak resume ${paidBefore.runs[0] ?? ''}`)
  }
  for (const line of leftOutLines(plan)) context.say(`  ${line.replaceAll('\n', '\n  ')}`)
  if (plan.selectedAgain !== null)
    context.say(`  ${selectedAgainWords(plan.selectedAgain, job, write).replaceAll('\n', '\n  ')}`)
  const isLeftOut = paidBefore !== null || failsAgain !== null || uncompared > 0
  if (unusable > 0)
    context.say(
      `  ${plural(unusable, 'record')} cannot be used${plan.unusableExample === null ? '' : `, as record ${cleanKey(plan.unusableExample.key)}: ${cleanLine(plan.unusableExample.reason)}`}. Fix ${unusable === 1 ? 'it' : 'them'} or the prompt.`,
    )
  else if (selected > 0 && !isLeftOut) context.next('Again', again)
  return unusable > 0 || isLeftOut ? exits.needsAttention : 0
}
