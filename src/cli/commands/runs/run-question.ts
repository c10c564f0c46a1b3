import { deliveryLabels } from '../../../wording/delivery-labels.ts'
import { mostAgreed } from '../../../engine/plan/affordable.ts'
import { maxCostOf } from '../../../wording/amount-of-plan.ts'
import type { Plan } from '../../../engine/plan/plan.ts'
import type { Project } from '../../../compose/project.ts'
import type { CommandContext } from '../../command.ts'
import { formatMost, formatUsd } from '../../../wording/amount.ts'
import { plural } from '../../../wording/count.ts'
import { planView, thenWords } from '../../screen/views/plan-view.ts'

/** The plan as it is shown before somebody is asked about its money. */
export function showPlan(context: CommandContext, offpeak: Project, plan: Plan, write = false): void {
  const { globals, io } = context
  if (globals.json) return context.printJson(plan)
  const simulated = offpeak.isSimulated
  context.say(planView(plan, { paint: context.paintWords, columns: io.stderr.columns(), simulated, write }))
}

/** The question that somebody agrees to who starts a run. */
export function runQuestion(plan: Plan): string {
  const { toSend, exact, cost, model, deliveryMode, deadline, followers } = plan
  const how = deliveryMode === 'batch' ? '' : ` in ${deliveryLabels[deliveryMode].words}`
  const what = `Send ${exact ? '' : 'about '}${plural(toSend, 'request')}${how}`
  const mostMicroUsd = mostAgreed(plan)
  if (cost === null) return `${what}? What ${model} costs is not known, so nothing stops the run.`
  const cap =
    mostMicroUsd === null
      ? 'with no upper bound'
      : `at most ${formatMost(mostMicroUsd)}${mostMicroUsd !== maxCostOf(plan) ? ", the job's budget" : deadline === null ? '' : ' if all must be finished in real time'}`
  return `${what} for about ${formatUsd(cost.likelyMicroUsd)} (${cap})${thenWords(followers)}?`
}
