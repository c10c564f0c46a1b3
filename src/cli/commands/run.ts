import { resolve } from 'node:path'
import { lanes } from '../../domain/lane.ts'
import { OffpeakError } from '../../domain/errors.ts'
import { checkAffordable, mostOf } from '../../engine/plan/affordable.ts'
import type { Plan } from '../../engine/plan/plan.ts'
import type { Offpeak, Selection } from '../../offpeak.ts'
import { carry } from './carry.ts'
import { command, type CommandContext } from '../command.ts'
import { type Ask, consent, consentFlags, declinedExit } from './consent.ts'
import { durationFlag, yesFlag } from './flags.ts'
import { formatUsd, plural } from '../screen/format.ts'
import { deadlineFlag, laneFlags, readLaneChoice } from './lane-flags.ts'
import { nothingToSend } from './nothing-to-send.ts'
import { planView } from '../screen/plan-view.ts'
import { continueRun } from './resume.ts'
import { planUnlessGoing } from './plan-unless-going.ts'
import { requireSame } from '../../engine/plan/saved-plan.ts'
import { isPlanFile, readSavedPlan } from './saved-plan.ts'
import type { RunOptions } from './run-options.ts'
import { runTogether } from './run-together.ts'
import { readSelection, selectionFlags, warnOfUnknownKeys } from './selection.ts'

const run = command({
  name: 'run',
  summary: 'plan, ask for the money, send, and merge the answers',
  group: 'Run',
  arguments: [
    {
      syntax: '<jobs...>',
      summary: 'the name of a job, or of several that share the money, or a plan saved by offpeak plan --out',
    },
  ],
  options: {
    ...selectionFlags,
    ...laneFlags,
    deadline: deadlineFlag,
    ...consentFlags,
    detach: yesFlag('--detach', 'leave when everything that may go out is sent'),
    wait: durationFlag('--wait <duration>', 'leave after so long (exit 7); the run goes on'),
  },
  examples: [
    'offpeak run headnotes',
    "offpeak run headnotes --max-cost '$90'",
    'offpeak run headnotes --limit 100 --yes',
    "offpeak run summaries embeddings --max-cost '$25'",
    'offpeak run plan.json --yes',
    "offpeak run headnotes --deadline 20h --max-cost '$90'",
    "offpeak run headnotes --realtime --limit 50 --max-cost '$2'",
  ],
  notes: [
    'Where nobody can be asked, the money is agreed to by --max-cost, or by --yes when the job has a budget. When a run of the job is going on, it is taken up and nothing is sent twice. Ctrl-C lets go without cancelling anything.',
    'Exit codes: 0 done, 4 the provider refused, 5 the budget does not allow more, 6 some records or some money needs attention, 7 --wait ran out, 130 Ctrl-C.',
  ],
  async run(context, names, options) {
    const offpeak = await context.open()
    if (names.length > 1)
      return runTogether(context, offpeak, [...new Set(names.map((name) => name ?? ''))], options)
    const [name = ''] = names
    const cwd = resolve(context.io.cwd, context.globals.cwd)
    if (isPlanFile(name, cwd)) return runSaved(context, offpeak, name, resolve(cwd, name), options)
    const selection = { ...(await readSelection(context, options)), ...readLaneChoice(options) }
    const attached = await takeUp(context, offpeak, name, options)
    if (attached !== null) return attached
    const plan = await planUnlessGoing(offpeak, name, selection)
    if (plan === null) return (await takeUp(context, offpeak, name, options)) ?? 0
    warnOfUnknownKeys(context, selection, plan)
    return send(context, offpeak, selection, plan, options, null)
  },
})
export { run as command }

async function runSaved(
  context: CommandContext,
  offpeak: Offpeak,
  name: string,
  path: string,
  options: RunOptions,
): Promise<number> {
  const choice = { ...readLaneChoice(options), ...(options.limit === null ? {} : { limit: options.limit }) }
  if (
    options.params.length > 0 ||
    options.only.length > 0 ||
    options.redo ||
    options.payAgain ||
    options.keep ||
    Object.keys(choice).length > 0
  ) {
    throw new OffpeakError(
      'E_USAGE',
      'a saved plan knows its records and its lane; -p, --limit, --only, --redo, --pay-again, --keep, --realtime, --flex and --deadline belong to `offpeak plan`',
      { where: name },
    )
  }
  const { selection, plan: saved } = await readSavedPlan(path)
  const attached = await takeUp(context, offpeak, saved.job, options)
  if (attached !== null) return attached
  const now = await planUnlessGoing(offpeak, saved.job, selection)
  if (now === null) return (await takeUp(context, offpeak, saved.job, options)) ?? 0
  requireSame(saved, now, { where: name, fix: `look at it again: offpeak plan ${saved.job} --out ${name}` })
  // Whoever saved the plan has seen its figure.
  return send(
    context,
    offpeak,
    selection,
    now,
    options,
    (saved.deadline ?? saved.cost)?.atMostMicroUsd ?? null,
  )
}

/** Goes on with the live run of the job; null when there is none. */
async function takeUp(
  context: CommandContext,
  offpeak: Offpeak,
  job: string,
  options: RunOptions,
): Promise<number | null> {
  const { job: known } = await offpeak.job(job)
  const [live] = await offpeak.store.runs({ job: known.name, live: true, limit: 1 })
  if (!live) return null
  context.say(
    `  Run ${live.id} of ${job} is ${live.state === 'paused' ? 'paused' : 'going on'}; taking it up, with the records and the lane it was started with.`,
  )
  if (live.state === 'paused' && options.maxCost === null)
    return carry(context, offpeak, { runIds: [live.id], waitMs: options.wait, detach: options.detach })
  return continueRun(context, offpeak, live, options)
}

async function send(
  context: CommandContext,
  offpeak: Offpeak,
  selection: Selection,
  plan: Plan,
  options: RunOptions,
  seenMicroUsd: number | null,
): Promise<number> {
  const { globals, io } = context
  if (globals.json) context.printJson(plan)
  else
    context.say(
      planView(plan, {
        paint: context.paintWords,
        columns: io.stderr.columns(),
        simulated: offpeak.isSimulated,
      }),
    )
  if (plan.toSend === 0 && plan.exact) return nothingToSend(context, plan)
  const atMostMicroUsd = mostOf(plan)
  const ask: Ask = {
    maxCostMicroUsd: options.maxCost,
    yes: options.yes,
    agreedMicroUsd: plan.budgetMicroUsd ?? seenMicroUsd,
    atMostMicroUsd,
    question: question(plan),
  }
  checkAffordable(plan, options.maxCost ?? ask.agreedMicroUsd ?? atMostMicroUsd, formatUsd)
  // Nobody is asked for money before it is known who would be paid.
  await offpeak.provider(plan.job)
  const agreed = await consent(context, ask)
  if (agreed === 'declined') return declinedExit
  const { run, attached } = await offpeak.start(plan.job, selection, agreed.capMicroUsd, { plan })
  if (attached) context.say(`  Run ${run.id} was started meanwhile; taking it up.`)
  return carry(context, offpeak, { runIds: [run.id], waitMs: options.wait, detach: options.detach })
}

function question(plan: Plan): string {
  const { toSend, exact, cost, budgetMicroUsd, model, lane, deadline } = plan
  const how = lane === 'batch' ? '' : ` in ${lanes[lane].words}`
  const what = `Send ${exact ? '' : 'about '}${plural(toSend, 'request')}${how}`
  const mostMicroUsd = mostOf(plan)
  if (cost === null) return `${what}? What ${model} costs is not known, so nothing stops the run.`
  const cap =
    mostMicroUsd === null
      ? 'with no upper bound'
      : `at most ${formatUsd(Math.min(mostMicroUsd, budgetMicroUsd ?? Infinity))}${deadline === null ? '' : ' if all must be finished in real time'}`
  return `${what} for about ${formatUsd(cost.likelyMicroUsd)} (${cap})?`
}
