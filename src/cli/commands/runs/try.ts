import { resolve } from 'node:path'
import { OffpeakError } from '../../../domain/errors.ts'
import type { TryResult } from '../../../engine/trial/try-result.ts'
import type { TryPlan } from '../../../engine/trial/try.ts'
import { priceAdvice } from '../../../planning/money/price-advice.ts'
import type { Project } from '../../../compose/project.ts'
import { definitionOf } from '../../../providers/definition.ts'
import { command, type CommandContext } from '../../command.ts'
import { commandLine } from '../../../wording/commands/command-line.ts'
import { type Ask, consent, consentFlags } from './consent.ts'
import { cleanLine } from '../../screen/clean.ts'
import { countFlag, textFlag, textsFlag, yesFlag } from '../../../wording/commands/flags.ts'
import { formatMost, formatUsd } from '../../../wording/amount.ts'
import { plural } from '../../../wording/count.ts'
import { readKeys, readSelection } from './selection.ts'
import { selectionFlags } from '../../../wording/commands/selection-flags.ts'
import { forceFlag } from '../look/own-file.ts'
import { requireResultFiles, writeResults } from './try-files.ts'
import { complianceWords, isGood, tryJson, tryLines } from '../../screen/views/try-view.ts'
import { exits } from '../../exit-codes.ts'

/** So much is not worth a question at a terminal. */
const askAboveMicroUsd = 50_000
const defaultCount = 5

const tryCommand = command({
  name: 'try',
  summary: 'answer a few records in real time and show what would be written',
  group: 'Start',
  arguments: [{ syntax: '<job>', summary: 'the name of a job; offpeak jobs lists them' }],
  options: {
    count: countFlag('-n, --count <n>', `how many records (${defaultCount})`),
    per: textFlag('--per <field>', 'as many records for each value of this field of the rows'),
    only: textsFlag(
      '--only <keys>',
      'these keys: a,b,c or @file; the key of a record in parts means all of them',
    ),
    params: selectionFlags.params,
    models: textsFlag('--model <id>', 'ask this model instead; several are asked side by side'),
    write: yesFlag('--write', 'write the answers into the sink'),
    out: textFlag('--out <dir>', 'write each result as a JSON file into this folder'),
    force: forceFlag,
    ...consentFlags,
  },
  examples: [
    'offpeak try headnotes',
    'offpeak try headnotes --only 1042',
    'offpeak try products -n 5 --per category --out test_results',
    'offpeak try headnotes -n 3 --model gpt-4o-mini --model gpt-4.1-nano',
    "offpeak try headnotes -n 20 --write --max-cost '$0.50'",
  ],
  notes: [
    `Each record is asked once, at the price of real time; a call that fails is not repeated. At a terminal you are asked when it can cost more than ${formatUsd(askAboveMicroUsd)}; elsewhere --max-cost or --yes agrees. The next plan counts with the answers' lengths.`,
    'Exit codes: 0 all would be written, 3 the key was refused, 4 the account or model was refused, 5 over the budget, 6 some need a look.',
  ],
  async run(context, [name = ''], options) {
    if (options.write && options.models.length > 1)
      throw new OffpeakError('E_USAGE', '--write takes the answers of one model, and several are named', {
        fix: 'name one --model',
      })
    if (options.per !== null && options.only.length > 0)
      throw new OffpeakError('E_USAGE', '--per chooses records and --only names them', {
        fix: 'give one of the two',
      })
    const offpeak = await context.open()
    if (options.write && (await offpeak.job(name)).job.to === undefined)
      throw new OffpeakError(
        'E_USAGE',
        `the job ${name} joins the parts of a record, which only a run does`,
        {
          fix: 'try without --write; offpeak run writes',
        },
      )
    const { params } = await readSelection(context, {
      params: options.params,
      since: null,
      limit: null,
      only: [],
      redo: false,
      payAgain: false,
      write: false,
      keep: false,
    })
    const only = options.only.length === 0 ? null : await readKeys(context, options.only)
    const plans = await offpeak.prepareTry(
      name,
      params,
      { count: options.count ?? defaultCount, per: options.per, only },
      options.models,
    )
    const dir = options.out === null ? null : resolve(context.io.cwd, context.globals.cwd, options.out)
    if (dir !== null) {
      const named = plans.flatMap(({ job, asks }) => asks.map(({ key }) => ({ key, model: job.model })))
      await requireResultFiles(dir, named, offpeak, options.force)
    }
    const cap = await agree(context, offpeak, plans, options)
    if (cap === 'declined') return exits.declined
    const signal = context.interruptible(() => context.say('  Stopping: nothing more is sent.'))
    const results = await sendAll(context, offpeak, plans, {
      capMicroUsd: cap.capMicroUsd,
      write: options.write,
      signal,
    })
    if (dir !== null) {
      const files = await writeResults(dir, results, offpeak)
      context.say(`  ${plural(files.length, 'file')} in ${cleanLine(options.out ?? dir)}`)
    }
    return show(context, plans, results, {
      name,
      write: options.write,
      // One that is reached by its address says so when it answers.
      simulated: offpeak.isSimulated || plans.some(({ job }) => job.provider.isSimulated() === true),
      stopped: signal.aborted,
      plan: commandLine('plan', [name], { params: selectionFlags.params }, options),
    })
  },
})
export { tryCommand as command }

/** What may be spent. Throws E_BUDGET, E_CONSENT, and what cannot be bounded when an amount is asked for. */
async function agree(
  context: CommandContext,
  offpeak: Project,
  plans: readonly TryPlan[],
  { maxCost, yes }: { readonly maxCost: number | null; readonly yes: boolean },
): Promise<{ readonly capMicroUsd: number | null } | 'declined'> {
  const atMostMicroUsd = plans.some((plan) => plan.atMostMicroUsd === null)
    ? null
    : plans.reduce((sum, plan) => sum + (plan.atMostMicroUsd ?? 0), 0)
  const asks = plans.reduce((sum, { asks }) => sum + asks.length, 0)
  const budgetMicroUsd = plans[0]?.budgetMicroUsd ?? null
  const cap = maxCost ?? budgetMicroUsd
  if (cap !== null) checkBounded(plans, atMostMicroUsd, cap)
  if (offpeak.isSimulated) return { capMicroUsd: cap }
  if (atMostMicroUsd === null && yes) return { capMicroUsd: cap }
  if (
    context.mayAsk &&
    maxCost === null &&
    !yes &&
    atMostMicroUsd !== null &&
    atMostMicroUsd <= askAboveMicroUsd
  )
    return { capMicroUsd: cap ?? atMostMicroUsd }
  const ask: Ask = {
    maxCostMicroUsd: maxCost,
    yes,
    agreedMicroUsd: cap ?? atMostMicroUsd,
    atMostMicroUsd,
    question: `Ask ${plural(asks, 'record')} in real time for ${atMostMicroUsd === null ? 'an amount that nothing bounds' : `at most ${formatMost(atMostMicroUsd)}`}?`,
  }
  return consent(context, ask)
}

function checkBounded(plans: readonly TryPlan[], atMostMicroUsd: number | null, capMicroUsd: number): void {
  const open = plans.find((plan) => plan.atMostMicroUsd === null)
  if (open?.price === null) {
    throw new OffpeakError(
      'E_PRICE_UNKNOWN',
      `the price of ${open.job.model} in real time is not known, so a budget cannot be kept`,
      {
        fix: priceAdvice(open.job.model, ['realtime'], {
          namesModel: definitionOf(open.job.job.model).namesModel?.(open.job.model) ?? null,
          unit: open.job.unit,
        }),
      },
    )
  }
  if (open)
    throw new OffpeakError(
      'E_JOB_INVALID',
      'nothing bounds how long an answer can be, so a budget cannot be kept',
      { where: `job ${open.job.job.name}`, fix: 'add `maxTokens` to the job' },
    )
  if (atMostMicroUsd !== null && atMostMicroUsd > capMicroUsd) {
    throw new OffpeakError(
      'E_BUDGET',
      `the records can cost ${formatMost(atMostMicroUsd)}, and ${formatUsd(capMicroUsd)} is allowed`,
      { fix: 'allow more (--max-cost), or try fewer records (-n)' },
    )
  }
}

/** One model after the other, so that what one has left of the amount goes to the next. */
async function sendAll(
  context: CommandContext,
  offpeak: Project,
  plans: readonly TryPlan[],
  {
    capMicroUsd,
    write,
    signal,
  }: { readonly capMicroUsd: number | null; readonly write: boolean; readonly signal: AbortSignal },
): Promise<readonly TryResult[]> {
  const results: TryResult[] = []
  for (const plan of plans) {
    const spent = results.reduce((sum, { costMicroUsd }) => sum + (costMicroUsd ?? 0), 0)
    context.say(
      `  Asking ${plural(plan.asks.length, 'record')} of ${plan.job.provider.name} / ${plan.job.model} in real time ...`,
    )
    results.push(
      ...(await offpeak.sendTry(plan, {
        capMicroUsd: capMicroUsd === null ? null : capMicroUsd - spent,
        write,
        signal,
      })),
    )
  }
  return results
}

interface Shown {
  readonly name: string
  readonly write: boolean
  readonly simulated: boolean
  readonly stopped: boolean
  /** The command that plans what was tried. */
  readonly plan: string
}

function show(
  context: CommandContext,
  plans: readonly TryPlan[],
  results: readonly TryResult[],
  { name, write, simulated, stopped, plan }: Shown,
): number {
  const { globals, io, paint, print, say } = context
  const [first] = plans
  const unusable = first?.unusable ?? []
  if (globals.json) context.printJson(tryJson(name, results, unusable, simulated))
  else
    for (const block of tryLines(results, unusable, {
      paint,
      columns: io.stdout.columns(),
      sink: first?.job.job.to ?? null,
      sourceKey: first?.job.source.keyFields ?? [],
    }))
      print(block)
  const spent = results.reduce(
    (sum, { outcome, costMicroUsd }) => sum + (outcome === 'unknown' ? 0 : (costMicroUsd ?? 0)),
    0,
  )
  say(`  ${complianceWords(results)}`)
  const doubtful = results.filter(({ outcome }) => outcome === 'unknown')
  const written = results.filter(({ written }) => written === 'written' || written === 'same').length
  say(
    `  ${formatUsd(spent)} in real time${simulated ? ' (simulated: the emulator answered)' : ''}. ${written > 0 ? `${plural(written, 'record was', 'records were')} written.` : 'Nothing was written.'}`,
  )
  if (doubtful.length > 0) {
    const possible = doubtful.reduce((sum, { costMicroUsd }) => sum + (costMicroUsd ?? 0), 0)
    say(
      paint.warn(
        `  ${plural(doubtful.length, 'call')} ended without an answer and may have been paid (at most ${formatMost(possible)}): ${doubtful.map(({ key }) => key).join(', ')}`,
      ),
    )
  }
  const declined = results.find(
    ({ cause }) => cause === 'auth' || cause === 'account' || cause === 'gone' || cause === 'quota',
  )
  if (declined) return declinedByProvider(context, first, declined)
  if (stopped) return exits.interrupted
  if (!write && results.some(isGood)) context.next('Plan', plan)
  const good = results.every(
    (result) => isGood(result) && (!write || result.written === 'written' || result.written === 'same'),
  )
  return good && unusable.length === 0 ? 0 : exits.needsAttention
}

/** The account or the model was refused: the same for every record, so it is said once. */
function declinedByProvider(
  context: CommandContext,
  plan: TryPlan | undefined,
  { reason, cause }: TryResult,
): number {
  context.say(`  ${context.paintWords.bad('x')} The provider refused: ${reason ?? 'without a reason'}`)
  if (cause === 'auth') context.say('  Fix     check the key in .env; offpeak doctor shows which one is used')
  else if (plan?.job.provider.limits.batchOnly !== undefined)
    context.say(`  Fix     ${plan.job.provider.limits.batchOnly}`)
  return cause === 'auth' ? 3 : 4
}
