import { OffpeakError } from '../../../domain/errors.ts'
import { mostAgreed } from '../../../engine/plan/affordable.ts'
import { maxCostOfFollowers } from '../../../wording/amount-of-plan.ts'
import { isFreeWork, type Plan } from '../../../engine/plan/plan.ts'
import type { Project } from '../../../compose/project.ts'
import { followRun } from './follow-run.ts'
import type { CommandContext } from '../../command.ts'
import { type Ask, consent } from './consent.ts'
import { formatMost, formatUsd } from '../../../wording/amount.ts'
import { plural } from '../../../wording/count.ts'
import { nothingToSend } from './nothing-to-send.ts'
import { planUnlessGoing } from './plan-unless-going.ts'
import { planView, thenWords } from '../../screen/views/plan-view.ts'
import { commandLine } from '../../../wording/commands/command-line.ts'
import { chosenFlags } from '../../../wording/commands/selection-flags.ts'
import type { RunOptions } from './run-options.ts'
import { readSelection } from './selection.ts'
import { exits } from '../../exit-codes.ts'

/** The runs of several jobs, side by side under one budget: planned, and asked about once for the money of all. */
export async function runTogether(
  context: CommandContext,
  offpeak: Project,
  names: readonly string[],
  options: RunOptions,
): Promise<number> {
  const selection = await readSelection(context, options)
  const { io, globals } = context
  const live = [...(await offpeak.store.runs({ live: true, limit: 1_000 }))]
  const plans: Plan[] = []
  for (const name of names) {
    const { job } = await offpeak.job(name)
    if (live.some((run) => run.job === job.name)) continue
    const plan = await planUnlessGoing(offpeak, name, selection)
    if (plan === null) {
      live.push(...(await offpeak.store.runs({ job: job.name, live: true, limit: 1 })))
      continue
    }
    plans.push(plan)
    if (globals.json) context.printJson(plan)
    else
      context.say(
        planView(plan, {
          paint: context.paintWords,
          columns: io.stderr.columns(),
          simulated: offpeak.isSimulated,
          write: options.write,
        }),
      )
  }
  const going = live.filter(({ job }) => names.includes(job)).map(({ id }) => id)
  const wanted = plans.filter(({ toSend, exact }) => toSend > 0 || !exact)
  const free = plans.filter(isFreeWork)
  const idle = plans.filter((plan) => !wanted.includes(plan) && !free.includes(plan))
  const idleExit = Math.max(
    0,
    ...idle.map((plan) =>
      nothingToSend(context, plan, commandLine('plan', [plan.job], chosenFlags, { ...options, redo: true }), {
        about: `${plan.job}: `,
        write: options.write,
      }),
    ),
  )
  const runIds = [...going]
  for (const plan of free)
    runIds.push((await offpeak.start(plan.job, selection, 0, { plan, totalMicroUsd: 0 })).run.id)
  if (wanted.length > 0) {
    // Nobody is asked for money before it is known who would be paid.
    for (const plan of wanted) await offpeak.provider(plan.job)
    const agreed = await consent(context, askFor(wanted, options))
    if (agreed === 'declined') return exits.declined
    const { capMicroUsd } = agreed
    refuseTooMuch(wanted, capMicroUsd)
    // One amount for all; what each job allows for itself still holds.
    const shared =
      capMicroUsd === null ? null : { key: `together:${offpeak.flow.random.id(12)}`, capMicroUsd }
    for (const plan of wanted) {
      const { run } = await offpeak.start(plan.job, selection, plan.budgetMicroUsd, {
        plan,
        ...(shared ? { shared } : {}),
      })
      runIds.push(run.id)
    }
  }
  if (runIds.length === 0) return idleExit
  const exit = await followRun(context, offpeak, { runIds, waitMs: options.wait, detach: options.detach })
  return exit === 0 ? idleExit : exit
}

function askFor(plans: readonly Plan[], options: RunOptions): Ask {
  const atMostMicroUsd = sum(plans.map(mostAgreed))
  const names = new Set(plans.map(({ job }) => job))
  const byJob = new Map(plans.flatMap((plan) => plan.followers.map((follower) => [follower.job, follower])))
  const followers = [...byJob.values()].filter(
    (follower) => !names.has(follower.job) && follower.budgetMicroUsd !== null,
  )
  const requests = plans.reduce((total, { toSend }) => total + toSend, 0)
  const likely = sum(plans.map(({ cost }) => cost?.likelyMicroUsd ?? null))
  const price = likely === null ? 'What that costs is not known.' : `for about ${formatUsd(likely)} in total`
  return {
    maxCostMicroUsd: options.maxCost,
    yes: options.yes,
    agreedMicroUsd: sum([...plans, ...followers].map(({ budgetMicroUsd }) => budgetMicroUsd)),
    // The amount is for those that follow too.
    atMostMicroUsd: sum([atMostMicroUsd, maxCostOfFollowers({ followers })]),
    question: `Send ${plural(requests, 'request')} of ${plural(plans.length, 'job')} ${price}${atMostMicroUsd === null ? '' : ` (at most ${formatMost(atMostMicroUsd)})`}${thenWords(followers)}?`,
  }
}

/** Before anything is sent: all of them together must be likely to fit. Throws E_BUDGET. */
function refuseTooMuch(plans: readonly Plan[], capMicroUsd: number | null): void {
  const likely = sum(plans.map(({ cost }) => cost?.likelyMicroUsd ?? null))
  if (capMicroUsd === null || likely === null || likely <= capMicroUsd) return
  throw new OffpeakError(
    'E_BUDGET',
    `${plans.map(({ job }) => job).join(' and ')} would cost about ${formatUsd(likely)}, and ${formatUsd(capMicroUsd)} is allowed`,
    { fix: 'allow more (`--max-cost`), send fewer records (`--limit`), or run them one after the other' },
  )
}

/** Null when one of them is not known. */
function sum(amounts: readonly (number | null)[]): number | null {
  let total = 0
  for (const amount of amounts) {
    if (amount === null) return null
    total += amount
  }
  return total
}
