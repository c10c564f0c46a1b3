import { OffpeakError } from '../../../domain/errors.ts'
import { deliveryLabels } from '../../../wording/delivery-labels.ts'
import { type Outcome, outcomeNames, outcomes } from '../../../domain/outcome.ts'
import { otherRun } from '../../../compose/client/agreed.ts'
import { capForRetry, mostWithRetry, requireRetryFits } from '../../../engine/control/caps.ts'
import type { RetryChoice } from '../../../engine/control/retry-run.ts'
import { checkAffordable } from '../../../engine/plan/affordable.ts'
import { maxCostOf, maxCostOfFollowers } from '../../../wording/amount-of-plan.ts'
import type { RescueChoice } from '../../../engine/control/rescue.ts'
import type { Project } from '../../../compose/project.ts'
import { mayPassAsSent, needsChange } from '../../../wording/remedies.ts'
import { retryKind } from '../../../planning/waiting/remedies.ts'
import type { RunRow } from '../../../ports/state.ts'
import type { RetryCost } from '../../../engine/control/retry-cost.ts'
import { followRun } from './follow-run.ts'
import { sayFound } from './resume.ts'
import { command, type CommandContext } from '../../command.ts'
import { consent, consentFlags } from './consent.ts'
import { durationFlag, yesFlag } from '../../../wording/commands/flags.ts'
import { retryFlags } from '../../../wording/commands/retry-command.ts'
import { cleanLine } from '../../screen/clean.ts'
import { formatCount, plural } from '../../../wording/count.ts'
import { formatMost, formatUsd } from '../../../wording/amount.ts'
import { deliveryFlags, readDeliveryMode } from '../../../wording/commands/delivery-flags.ts'
import { nothingToSend } from './nothing-to-send.ts'
import { runQuestion, showPlan } from './run-question.ts'
import { readKeys } from './selection.ts'
import { exits } from '../../exit-codes.ts'

const retry = command({
  name: 'retry',
  summary: 'send again what failed',
  group: 'Run',
  arguments: [{ syntax: '<run>', summary: 'a run (or the start of its id, or a job: its newest run)' }],
  options: {
    ...retryFlags,
    ...deliveryFlags,
    ...consentFlags,
    detach: yesFlag('--detach', 'leave when everything that may go out is sent'),
    wait: durationFlag('--wait <duration>', 'leave after so long (exit 7); the run continues'),
  },
  examples: [
    'offpeak retry 7k2m',
    'offpeak retry 7k2m --status expired,missing',
    'offpeak retry 7k2m --status invalid --today',
    'offpeak retry 7k2m --status truncated --max-tokens 400',
    'offpeak retry 7k2m --status refused --model gpt-4o',
    "offpeak retry 7k2m --error 'topics' --max-cost '$92'",
    'offpeak retry 7k2m --status expired --realtime',
  ],
  notes: [
    `Without a choice, what may succeed unchanged is sent again with the very bytes that were sent before: ${mayPassAsSent.join(', ')}. What would end the same again is asked with the job as it is now: ${needsChange.join(', ')}. So is anything with --today, --max-tokens or --model; that is a run of its own, with its own amount, and what it answers is \`rescued\` in the run that asked first. offpeak errors shows what each way costs.`,
    'It costs money: the amount is shown and asked for first. As sent, --max-cost is what the run may cost in total, with what it has spent; with --today it is the amount of the new run.',
    `Outcomes: ${outcomeNames.filter((name) => name !== 'pending' && name !== 'merged').join(', ')}.`,
  ],
  async run(context, [named = ''], options) {
    if (options.asSent && (options.today || options.model !== null || options.maxTokens !== null))
      throw new OffpeakError('E_USAGE', '--as-sent changes nothing; --today, --max-tokens and --model do', {
        fix: 'leave one of them out',
      })
    const offpeak = await context.open()
    const run = await offpeak.find(named)
    const choice: RescueChoice = {
      outcomes: readOutcomes(options.status),
      reason: options.error,
      keys: options.only.length === 0 ? null : await readKeys(context, options.only),
      deliveryMode: readDeliveryMode(options),
      model: options.model,
      maxTokens: options.maxTokens,
    }
    await sayUnknown(context, offpeak, run, choice.keys ?? [])
    const today = options.today ? true : options.asSent ? false : null
    if (choice.outcomes === null || choice.outcomes.includes('lost')) await sayFound(context, offpeak, run)
    return retryKind({ ...choice, today }) === 'today'
      ? rescue(context, offpeak, run, choice, options)
      : sendAgain(context, offpeak, run, choice, options)
  },
})
export { retry as command }

const namedKeys = 5

/** Says which keys were named that the run does not have, where it has others of them. */
async function sayUnknown(
  context: CommandContext,
  offpeak: Project,
  run: RunRow,
  keys: readonly string[],
): Promise<void> {
  const unknown = await offpeak.unknownIn(run.id, keys)
  // Where all are unknown, an error says so.
  if (unknown.length === 0 || unknown.length === keys.length) return
  const named = `${unknown.slice(0, namedKeys).map(cleanLine).join(', ')}${unknown.length > namedKeys ? ', …' : ''}`
  context.say(
    context.paintWords.warn(
      `  ! ${formatCount(unknown.length)} of ${plural(keys.length, 'key')} ${unknown.length === 1 ? 'is' : 'are'} not in run ${run.id}: ${named}`,
    ),
  )
}

interface SendOptions {
  readonly maxCost: number | null
  readonly yes: boolean
  readonly wait: number | null
  readonly detach: boolean
}

/** Asks again in a run of its own, by the job as it is now. */
async function rescue(
  context: CommandContext,
  offpeak: Project,
  parent: RunRow,
  choice: RescueChoice,
  options: SendOptions,
): Promise<number> {
  const selection = await offpeak.rescue(parent.id, choice)
  const plan = await offpeak.plan(parent.job, selection)
  showPlan(context, offpeak, plan)
  if (plan.toSend === 0)
    return nothingToSend(context, plan, `offpeak errors ${parent.id}`, { about: `Of run ${parent.id}: ` })
  if (plan.rescue?.asked === 0)
    context.say('  Nothing of their requests has changed since: this asks the very same again.')
  const atMostMicroUsd = maxCostOf(plan)
  checkAffordable(plan, options.maxCost ?? plan.budgetMicroUsd ?? atMostMicroUsd, formatUsd)
  // Nobody is asked for money before it is known who would be paid.
  await offpeak.provider(plan.job)
  const agreed = await consent(context, {
    maxCostMicroUsd: options.maxCost,
    yes: options.yes,
    agreedMicroUsd: plan.budgetMicroUsd,
    atMostMicroUsd,
    followersMicroUsd: maxCostOfFollowers(plan),
    question: runQuestion(plan),
  })
  if (agreed === 'declined') return exits.declined
  const { run, attached } = await offpeak.start(plan.job, selection, agreed.capMicroUsd, {
    plan,
    totalMicroUsd: options.maxCost,
  })
  if (attached) throw otherRun(run)
  context.say(`  Run ${run.id} asks for them; what it answers is rescued in run ${parent.id}.`)
  return followRun(context, offpeak, { runIds: [run.id], waitMs: options.wait, detach: options.detach })
}

/** Sends the same bytes again, within the run. */
async function sendAgain(
  context: CommandContext,
  offpeak: Project,
  run: RunRow,
  choice: RetryChoice,
  options: SendOptions,
): Promise<number> {
  const cost = await offpeak.retryCost(run.id, choice)
  if (context.globals.json) context.printJson(cost)
  if (cost.requests === 0) {
    context.say(`  Nothing of run ${run.id} is to be sent again as it was sent. Nothing was sent.`)
    context.next('Look', `offpeak errors ${run.id}`)
    return 0
  }
  const { money } = await offpeak.status(run.id)
  const neededMicroUsd = mostWithRetry(money, cost)
  context.say(
    `  ${plural(cost.requests, 'request')} of run ${run.id}: ${Object.entries(cost.counts)
      .map(([name, count]) => `${formatCount(count)} ${name}`)
      .join(
        ' · ',
      )}${cost.deliveryMode === 'batch' ? '' : `, in ${deliveryLabels[cost.deliveryMode].words} (${deliveryLabels[cost.deliveryMode].price})`}`,
  )
  context.say(
    `  It has spent ${formatUsd(money.spentMicroUsd)}${money.capMicroUsd === null ? '' : ` of ${formatMost(money.capMicroUsd)}`}.`,
  )
  if (cost.asBuilt)
    context.say(
      context.paintWords.warn(
        `  The job ${run.job} asks otherwise today. This sends the requests as they were built; offpeak errors ${run.id} says what asking them as it is now costs.`,
      ),
    )
  const agreed = await consent(context, {
    maxCostMicroUsd: options.maxCost,
    yes: options.yes,
    agreedMicroUsd: options.yes || (money.capMicroUsd ?? -1) >= neededMicroUsd ? money.capMicroUsd : null,
    inAll: `for the whole run, which has spent ${formatUsd(money.spentMicroUsd)}; this is at most ${formatMost(cost.atMostMicroUsd)} of it`,
    atMostMicroUsd: neededMicroUsd,
    question: question(
      cost,
      money.capMicroUsd !== null && money.capMicroUsd < neededMicroUsd ? neededMicroUsd : null,
    ),
  })
  if (agreed === 'declined') return exits.declined
  requireRetryFits(run, money, cost, agreed.capMicroUsd)
  await offpeak.retry(run.id, choice, capForRetry(money, agreed.capMicroUsd))
  return followRun(context, offpeak, { runIds: [run.id], waitMs: options.wait, detach: options.detach })
}

function question({ requests, likelyMicroUsd, atMostMicroUsd }: RetryCost, raisedTo: number | null): string {
  const about = likelyMicroUsd === null ? '' : ` for about ${formatUsd(likelyMicroUsd)}`
  const raised = raisedTo === null ? '' : ` The cap of the run is raised to ${formatMost(raisedTo)}.`
  return `Send ${plural(requests, 'request')} again${about} (at most ${formatMost(atMostMicroUsd)})?${raised}`
}

/** Outcomes as they were typed. Throws E_USAGE. */
export function readOutcomes(given: readonly string[]): readonly Outcome[] | null {
  const words = given
    .flatMap((text) => text.split(','))
    .map((word) => word.trim())
    .filter((word) => word !== '')
  if (words.length === 0) return null
  return words.map((word) => {
    const outcome = outcomeNames.find((name) => name === word)
    if (outcome !== undefined) return outcome
    throw new OffpeakError('E_USAGE', `there is no outcome ${word}`, {
      fix: outcomeNames.map((name) => `${name} (${outcomes[name].words})`).join(', '),
    })
  })
}
