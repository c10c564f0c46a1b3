import { resolve } from 'node:path'
import { OffpeakError } from '../../../domain/errors.ts'
import { requireNoLess } from '../../../engine/control/caps.ts'
import { checkAffordable } from '../../../engine/plan/affordable.ts'
import { maxCostOf, maxCostOfFollowers } from '../../../wording/amount-of-plan.ts'
import { type Plan, isFreeWork } from '../../../engine/plan/plan.ts'
import type { Project } from '../../../compose/project.ts'
import type { Selection } from '../../../compose/selection.ts'
import { followRun } from './follow-run.ts'
import { command, type CommandContext } from '../../command.ts'
import { commandLine } from '../../../wording/commands/command-line.ts'
import { type Ask, consent } from './consent.ts'
import { formatUsd } from '../../../wording/amount.ts'
import { readDeliveryChoice } from '../../../wording/commands/delivery-flags.ts'
import { nothingToSend } from './nothing-to-send.ts'
import { continueRun } from './resume.ts'
import { planUnlessGoing } from './plan-unless-going.ts'
import { shellWord } from '../../../wording/shell-word.ts'
import { candidateNames } from '../../../ports/candidates.ts'
import { requireSame } from '../../../engine/plan/plan-file.ts'
import { isPlanFile, readSavedPlan } from './plan-file.ts'
import { chosenFlags } from '../../../wording/commands/selection-flags.ts'
import { runFlags, type RunOptions } from './run-options.ts'
import { runQuestion, showPlan } from './run-question.ts'
import { runTogether } from './run-together.ts'
import { readSelection, warnOfUnknownKeys } from './selection.ts'
import { exits } from '../../exit-codes.ts'

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
  options: runFlags,
  examples: [
    'offpeak run headnotes',
    "offpeak run headnotes --max-cost '$90'",
    'offpeak run headnotes --limit 100 --yes',
    "offpeak run summaries embeddings --max-cost '$25'",
    'offpeak run plan.json --yes',
    "offpeak run headnotes --candidates --limit 200 --max-cost '$2'",
    "offpeak run headnotes --deadline 20h --max-cost '$90'",
    "offpeak run headnotes --realtime --limit 50 --max-cost '$2'",
  ],
  notes: [
    'Where nobody can be asked, the money is agreed to by --max-cost, or by --yes when the job has a budget. When a run of the job is running, it is attached to and nothing is sent twice. Ctrl-C detaches without cancelling anything.',
    'Exit codes: 0 done, 4 the provider refused, 5 the budget does not allow more, 6 some records or some money needs attention, 7 --wait ran out, 130 Ctrl-C.',
  ],
  async run(context, names, options) {
    const offpeak = await context.open()
    const wanted = [...new Set(names.map((name) => name ?? ''))]
    const together = options.candidates ? await candidatesOf(offpeak, wanted) : wanted
    if (options.candidates || names.length > 1) {
      const exit = await runTogether(context, offpeak, together, options)
      if (options.candidates && !context.globals.json)
        for (const name of wanted) context.next('Compare', `offpeak compare ${shellWord(name)}`)
      return exit
    }
    const [name = ''] = names
    const cwd = resolve(context.io.cwd, context.globals.cwd)
    if (isPlanFile(name, cwd)) return runSaved(context, offpeak, name, resolve(cwd, name), options)
    const selection = { ...(await readSelection(context, options)), ...readDeliveryChoice(options) }
    const attached = await takeUp(context, offpeak, name, options)
    if (attached !== null) return attached
    const plan = await planUnlessGoing(offpeak, name, selection)
    if (plan === null) return (await takeUp(context, offpeak, name, options)) ?? 0
    warnOfUnknownKeys(context, selection, plan)
    return send(context, offpeak, selection, plan, options, null)
  },
})
export { run as command }

/** The candidates of some jobs, as jobs. Throws E_USAGE for a job without any. */
async function candidatesOf(offpeak: Project, names: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(names.map(async (name) => candidateNames((await offpeak.job(name)).job)))
  const at = found.findIndex((candidates) => candidates.length === 0)
  if (at < 0) return found.flat()
  throw new OffpeakError('E_USAGE', `the job ${names[at] ?? ''} has no candidates`, {
    fix: 'candidates: { now: {}, short: { prompt: … } } in the job',
  })
}

async function runSaved(
  context: CommandContext,
  offpeak: Project,
  name: string,
  path: string,
  options: RunOptions,
): Promise<number> {
  const choice = {
    ...readDeliveryChoice(options),
    ...(options.limit === null ? {} : { limit: options.limit }),
  }
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
      'a saved plan knows its records and its delivery mode; -p, --limit, --only, --redo, --pay-again, --keep, --realtime, --flex and --deadline belong to `offpeak plan`',
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
  offpeak: Project,
  job: string,
  options: RunOptions,
): Promise<number | null> {
  const { job: known } = await offpeak.job(job)
  const [live] = await offpeak.store.runs({ job: known.name, live: true, limit: 1 })
  if (!live) return null
  const { money, jobChange } = await offpeak.status(live.id)
  requireNoLess(live, money, options.maxCost)
  if (jobChange?.ask === true)
    context.say(
      context.paintWords.warn(`  ! The job ${job} asks otherwise today; this run continues as it was begun.`),
    )
  context.say(
    `  Run ${live.id} of ${job} is ${live.state === 'paused' ? 'paused' : 'running'}; attaching to it, with the records and the delivery mode it was started with.`,
  )
  // What no agreement about the run raises may have been raised since, or begun again.
  const isOfDay = live.pauseKind === 'budget' && live.pauseShortMicroUsd === null
  if (live.state === 'paused' && options.maxCost === null && !isOfDay)
    return followRun(context, offpeak, { runIds: [live.id], waitMs: options.wait, detach: options.detach })
  return continueRun(context, offpeak, live, options)
}

async function send(
  context: CommandContext,
  offpeak: Project,
  selection: Selection,
  plan: Plan,
  options: RunOptions,
  seenMicroUsd: number | null,
): Promise<number> {
  showPlan(context, offpeak, plan, options.write)
  // What is kept or old is noted by a run, also where nothing else is to be done.
  if (isFreeWork(plan)) {
    const { run } = await offpeak.start(plan.job, selection, 0, { plan, totalMicroUsd: 0 })
    return followRun(context, offpeak, { runIds: [run.id], waitMs: options.wait, detach: options.detach })
  }
  if (plan.toSend === 0 && plan.exact)
    return nothingToSend(context, plan, againHint(plan.job, options), { write: options.write })
  const atMostMicroUsd = maxCostOf(plan)
  const ask: Ask = {
    maxCostMicroUsd: options.maxCost,
    yes: options.yes,
    agreedMicroUsd: plan.budgetMicroUsd ?? seenMicroUsd,
    atMostMicroUsd,
    followersMicroUsd: maxCostOfFollowers(plan),
    question: runQuestion(plan),
  }
  checkAffordable(plan, options.maxCost ?? ask.agreedMicroUsd ?? atMostMicroUsd, formatUsd)
  // Nobody is asked for money before it is known who would be paid.
  await offpeak.provider(plan.job)
  const agreed = await consent(context, ask)
  if (agreed === 'declined') return exits.declined
  const { run, attached } = await offpeak.start(plan.job, selection, agreed.capMicroUsd, {
    plan,
    totalMicroUsd: options.maxCost,
  })
  if (attached) context.say(`  Run ${run.id} was started meanwhile; attaching to it.`)
  return followRun(context, offpeak, { runIds: [run.id], waitMs: options.wait, detach: options.detach })
}

/** The command that says what it costs to send once more what is done. */
function againHint(job: string, options: RunOptions): string {
  return commandLine('plan', [job], chosenFlags, { ...options, redo: true })
}
