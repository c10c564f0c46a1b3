import { priceAdvice } from '../../../planning/money/price-advice.ts'
import { deliveryLabels } from '../../../wording/delivery-labels.ts'
import { maxCostOfFollowers } from '../../../wording/amount-of-plan.ts'
import type { Plan } from '../../../engine/plan/plan.ts'
import { whyNothing } from '../../../engine/plan/why-nothing.ts'
import { meaningParts } from '../../../planning/requests/meaning.ts'
import { cleanKey, cleanLine } from '../clean.ts'
import { formatBytes } from '../../../wording/bytes.ts'
import { formatCount, formatLarge, formatPercent, plural } from '../../../wording/count.ts'
import { formatDuration } from '../../../wording/duration.ts'
import { toldWords } from '../../../wording/told-bounds.ts'
import { formatMost, formatUsd } from '../../../wording/amount.ts'
import type { Paint } from '../paint.ts'
import { labelled } from '../table.ts'
import { cutToWidth, textWidth } from '../text-width.ts'

/** The view of a plan, for a person who decides about the money. */
export function planView(
  plan: Plan,
  {
    paint,
    columns,
    simulated,
    write = false,
  }: {
    readonly paint: Paint
    readonly columns: number
    readonly simulated: boolean
    /** Invented answers are to be written where the job says. */
    readonly write?: boolean
  },
): string {
  const width = Math.min(columns, 110)
  const title = `  ${plan.job}`
  const model = `${plan.provider} / ${plan.model}`
  const gap = Math.max(3, width - textWidth(title) - textWidth(model))
  const body = labelled(
    [
      ['Records', records(plan)],
      plan.unusableExample === null
        ? null
        : [
            '',
            paint.warn(
              cutToWidth(
                `record ${cleanKey(plan.unusableExample.key)}: ${cleanLine(plan.unusableExample.reason)}`,
                reasonLines * (width - 14),
              ),
            ),
          ],
      plan.paidBefore === null ? null : ['', paint.warn(paidBeforeWords(plan.paidBefore, plan.job))],
      ...leftOutLines(plan).map((line) => ['', paint.warn(line)] as const),
      plan.oldChunks === 0
        ? null
        : [
            '',
            `${plural(plan.oldChunks, 'old row')} behind the ends of texts: a run removes or marks ${plan.oldChunks === 1 ? 'it' : 'them'} at no cost`,
          ],
      plan.changed === 0 || plan.isKept
        ? null
        : ['', `offpeak run ${plan.job} --keep takes what changed as done`],
      plan.selectedAgain === null ? null : ['', selectedAgainWords(plan.selectedAgain, plan.job, write)],
      plan.rescue === null ? null : ['Rescues', rescueWords(plan.rescue)],
      ['From', cleanLine(plan.source)],
      ['To', cleanLine(plan.sink)],
      ['Requests', requests(plan)],
      plan.toSend === 0 ? null : [plan.inputUnit === 'page' ? 'Pages' : 'Tokens', tokens(plan)],
      plan.toSend === 0 ? null : ['Cost', cost(plan, paint, simulated)],
      plan.toSend === 0 ? null : ['Quota', quota(plan)],
      plan.toSend === 0 || plan.followers.length === 0 ? null : ['Then', followers(plan)],
      ...plan.warnings.map((warning) => ['Warning', paint.warn(cleanLine(warning))] as const),
      ['Checked', [...plan.checked.map(cleanLine), ...rewritten(plan.rewrites)].join('\n')],
      plan.toSend === 0 || plan.notEnforced.length === 0
        ? null
        : ['Not enforced', toldWords(plan.notEnforced.map(cleanLine), ': --json has them all').join('\n')],
    ],
    paint,
    width,
  )
  return `${paint.strong(title)}${' '.repeat(gap)}${paint.faint(model)}\n${body}`
}

/** Words on done records that are selected all the same, and the two ways: to write them again, or to ask again. */
export function selectedAgainWords(
  { records: count, runs }: NonNullable<Plan['selectedAgain']>,
  job: string,
  write: boolean,
): string {
  const where = write ? ' --write' : ''
  const [is, its] = count === 1 ? ['is', 'its stored answer'] : ['are', 'the stored answers']
  return [
    `${plural(count, 'record')} ${is} done and selected again: the table may not have the answers any more`,
    ...runs
      .slice(0, shownPlaces)
      .map((run) => `offpeak merge ${run}${where} writes ${its} again, at no cost`),
    ...(runs.length > shownPlaces ? [`and so do ${formatCount(runs.length - shownPlaces)} older runs`] : []),
    `offpeak plan ${job} --redo${where} says what asking again costs`,
  ].join('\n')
}

/** So much of a reason says what to mend. */
const reasonLines = 3

const shownPlaces = 3

/** What was changed in the schema, and where: the same change of many fields on one line. */
function rewritten(rewrites: readonly string[]): readonly string[] {
  const places = Map.groupBy(rewrites.map(splitRewrite), ({ change }) => change)
  return [...places].map(([change, all]) => {
    const named = all.slice(0, shownPlaces).map(({ place }) => place)
    const more = all.length - named.length
    return cleanLine(
      `schema rewritten: ${named.join(', ')}${more > 0 ? ` and ${formatCount(more)} more` : ''}: ${change}`,
    )
  })
}

/** A rewrite is `place: change`. */
function splitRewrite(rewrite: string): { readonly place: string; readonly change: string } {
  const [place = '', ...change] = rewrite.split(': ')
  return { place, change: change.join(': ') }
}

/** Words on what may have been paid before, what becomes of it, and the way that costs nothing. */
export function paidBeforeWords(
  { records: count, runs, isSentAgain }: NonNullable<Plan['paidBefore']>,
  job: string,
): string {
  const [newest = ''] = runs
  const where = runs.length === 1 ? `run ${newest}` : `${plural(runs.length, 'run')}, the newest ${newest}`
  const one = count === 1
  const opening = `${plural(count, 'record')} may have been paid in ${where}, and ${one ? 'its answer is' : 'their answers are'} not at hand`
  const look = `offpeak resume ${newest} looks for ${one ? 'it' : 'them'} again, and costs nothing`
  return isSentAgain
    ? `${opening}: sent again, ${one ? 'it is' : 'they are'} paid again\nFirst: ${look}`
    : `${opening}: left out\n${look}\noffpeak plan ${job} --pay-again says what sending ${one ? 'it' : 'them'} too costs`
}

/** What changed of records that were done before, and what becomes of them. */
function changedWords({ changedParts, isKept }: Pick<Plan, 'changedParts' | 'isKept'>): string {
  const parts = meaningParts.flatMap((part) => {
    const count = changedParts[part] ?? 0
    return count === 0 ? [] : [`${part} of ${formatCount(count)}`]
  })
  const what = parts.length === 0 ? '' : ` (${parts.join(', ')})`
  return isKept ? `kept as done although they changed${what}` : `to be done again, as they changed${what}`
}

/** Of which run records are asked again, and what of their requests is another now. */
function rescueWords({ run, asked, parts }: NonNullable<Plan['rescue']>): string {
  return asked === 0
    ? `run ${run}, with the same requests`
    : `run ${run}; ${formatCount(asked)} asked otherwise than then (${partWords(parts)})`
}

/** Which parts of requests changed, and in how many. */
export function partWords(parts: NonNullable<Plan['rescue']>['parts']): string {
  return ([...meaningParts, 'limit'] as const)
    .flatMap((part) => ((parts[part] ?? 0) > 0 ? [`${part} of ${formatCount(parts[part] ?? 0)}`] : []))
    .join(', ')
}

const failsAgainWords = {
  truncated: 'cut at the same limit',
  refused: 'refused by the model',
  failed: 'refused by the provider',
  rejected: 'not taken by the sink',
} as const

/** What the very same requests have come to before, and how they are asked all the same. */
function failsAgainLines(
  { records: count, outcomes, rejectedIn, isSentAgain }: NonNullable<Plan['failsAgain']>,
  { job, rescue }: Pick<Plan, 'job' | 'rescue'>,
): string {
  const parts = (['truncated', 'refused', 'failed', 'rejected'] as const).flatMap((outcome) => {
    const some = outcomes[outcome] ?? 0
    return some === 0 ? [] : [`${formatCount(some)} ${failsAgainWords[outcome]}`]
  })
  const opening = `${plural(count, 'record')} ended without success before (${parts.join(', ')})`
  if (isSentAgain) return `${opening}: asked again, with the same request`
  const otherwise =
    rescue === null
      ? `offpeak plan ${job} --pay-again says what sending them as they are costs`
      : '--max-tokens or --model asks these alone otherwise'
  const advice = [
    ...(rejectedIn === null
      ? []
      : [`offpeak merge ${rejectedIn} writes answers that the sink did not take, and costs nothing`]),
    ...(count === (outcomes.rejected ?? 0) ? [] : ['raise maxTokens or change the prompt']),
    otherwise,
  ]
  return `${opening}, and nothing has changed since: left out\n${advice.join('; ')}`
}

function uncomparedWords({ uncompared, job }: Plan): string {
  return `${plural(uncompared, 'record')} were done by an earlier version, whose requests cannot be compared: left out\noffpeak run ${job} --keep takes them as done; offpeak plan ${job} --pay-again says what asking them again costs`
}

/**
 * Lines on records of the selection that are left out for their outcome in earlier runs, besides what may have been
 * paid.
 */
export function leftOutLines(plan: Plan): readonly string[] {
  return [
    ...(plan.failsAgain === null ? [] : [failsAgainLines(plan.failsAgain, plan)]),
    ...(plan.uncompared === 0 ? [] : [uncomparedWords(plan)]),
  ]
}

function records(plan: Plan): string {
  const { selected, sourceRecords, toSend, unchanged, changed, unusable, exact, sampled, uncompared } = plan
  const { paidBefore, failsAgain } = plan
  const about = exact ? '' : 'about '
  const whole = `${about}${formatCount(selected)}`
  const parts = [
    sourceRecords === selected
      ? `${whole} selected`
      : `${whole} parts of ${about}${plural(sourceRecords, 'record')}`,
    ...(exact || unchanged > 0 ? [`${about}${formatCount(unchanged)} done before`] : []),
    ...(changed > 0 ? [`${about}${formatCount(changed)} ${changedWords(plan)}`] : []),
  ]
  const leftOut = paidBefore?.isSentAgain === false ? paidBefore.records : 0
  const asked = failsAgain?.isSentAgain === false ? failsAgain.records : 0
  const duplicates = selected - toSend - unchanged - unusable - leftOut - asked - uncompared
  if (duplicates > 0) parts.push(`${formatCount(duplicates)} the same as another`)
  if (unusable > 0) parts.push(`${about}${formatCount(unusable)} unusable`)
  const absent = [unchanged === 0 ? 'done before' : '', unusable === 0 ? 'unusable' : ''].filter(Boolean)
  // What a sample has none of can be there all the same.
  if (!exact && absent.length > 0)
    parts.push(`none ${absent.join(' or ')} in a sample of ${formatCount(sampled)}`)
  if (leftOut > 0) parts.push(`${formatCount(leftOut)} possibly paid before`)
  if (asked > 0) parts.push(`${formatCount(asked)} asked without success before`)
  if (uncompared > 0) parts.push(`${formatCount(uncompared)} done by an earlier version`)
  return parts.join(' · ')
}

function requests(plan: Plan): string {
  const { toSend, files, largestFileBytes, exact, sampled } = plan
  if (toSend === 0 && !exact) return `none in a sample of ${formatCount(sampled)}`
  if (toSend === 0) return `none: ${whyNothing(plan)}`
  return `${exact ? '' : 'about '}${formatCount(toSend)} in ${plural(files, 'file')} (${files > 1 ? 'largest ' : ''}${formatBytes(largestFileBytes)})`
}

function tokens({ inputTokens, outputTokensPerRecord: output, toSend, sampled, exact }: Plan): string {
  const { likely, errorPercent } = inputTokens
  const by = exact ? (errorPercent === 0 ? 'counted' : 'estimated') : `sample of ${formatCount(sampled)}`
  const input = `${formatLarge(likely)} in (${by}${errorPercent === 0 && exact ? '' : `, ±${formatPercent(errorPercent)}`})`
  if (output.from === 'unbilled') return `${input} · what stands on them costs nothing more`
  if (output.from === 'vector') return `${input} · vectors out, which cost nothing`
  const from = {
    history: 'as in the last run',
    try: 'as in your tries',
    guess: 'a guess until a first try or run',
  }[output.from]
  return `${input} · about ${formatLarge(output.likely * toSend)} out (${formatCount(output.likely)} each, ${from})`
}

function cost(plan: Plan, paint: Paint, simulated: boolean): string {
  const { cost, price, budgetMicroUsd, model, deliveryMode, deadline, withoutBatches } = plan
  if (cost === null)
    return paint.warn(
      `not known: there is no price for ${model}\n${priceAdvice(model, plan.unpriced, { namesModel: plan.namesModel, unit: plan.inputUnit })}`,
    )
  const isGuess = plan.outputTokensPerRecord.from === 'guess'
  const likely = `${paint.strong(formatUsd(cost.likelyMicroUsd))} ${isGuess ? 'by a guess' : 'likely'} · ${cost.atMostMicroUsd === null ? 'nothing bounds it (set `maxTokens`)' : `${formatMost(cost.atMostMicroUsd)} at most`}`
  const lines = [simulated ? `${likely}   ${paint.faint('(simulated: the emulator answers)')}` : likely]
  if (cost.atMostOnceMicroUsd !== null && cost.atMostOnceMicroUsd !== cost.atMostMicroUsd)
    lines.push(onceWords(plan, cost.atMostOnceMicroUsd))
  if (withoutBatches !== null)
    lines.push(`${deliveryLabels[deliveryMode].words}: ${plan.provider} has no Batch API`)
  else if (deliveryMode !== 'batch')
    lines.push(`${deliveryLabels[deliveryMode].words}: ${deliveryLabels[deliveryMode].price}`)
  if (deadline !== null) lines.push(...deadlineLines(plan, paint))
  if (deliveryMode !== 'realtime' && cost.realtimeMicroUsd !== null && cost.savedMicroUsd !== null)
    lines.push(
      `${formatUsd(cost.realtimeMicroUsd)} in real time, so you save ${paint.good(formatUsd(cost.savedMicroUsd))}`,
    )
  if (budgetMicroUsd !== null)
    lines.push(
      `${formatUsd(budgetMicroUsd)} is the job's budget${cost.likelyMicroUsd > budgetMicroUsd ? paint.bad(', which is too little') : ''}`,
    )
  if (price?.asOf) lines.push(paint.faint(`prices as of ${price.asOf}`))
  return lines.join('\n')
}

/** How the highest cost comes about: what of it is for asking again. */
function onceWords({ tries, deadline }: Pick<Plan, 'tries' | 'deadline'>, onceMicroUsd: number): string {
  return tries === 1
    ? `${formatMost(onceMicroUsd)} at most while the provider answers in time`
    : `${formatMost(onceMicroUsd)} at most if each request is asked once${deadline === null ? '' : ', and answered in time'}; an answer that cannot be used is asked for up to ${formatCount(tries)} times`
}

/** The jobs that the run starts when it ends. */
function followers({ followers: all }: Plan): string {
  return all
    .map(({ job, budgetMicroUsd }) =>
      budgetMicroUsd === null
        ? `${cleanLine(job)} is not started: it has no budget per run`
        : `${cleanLine(job)}, for at most ${formatMost(budgetMicroUsd)}`,
    )
    .join('\n')
}

/** The end of a question: what somebody agrees to besides the run itself; empty: nothing follows it. */
export function thenWords(all: Plan['followers']): string {
  const paid = all.filter(({ budgetMicroUsd }) => budgetMicroUsd !== null)
  if (paid.length === 0) return ''
  return `, then ${paid.map(({ job }) => cleanLine(job)).join(' and ')} for at most ${formatMost(maxCostOfFollowers({ followers: paid }))}`
}

function deadlineLines({ deadline, budgetMicroUsd, model }: Plan, paint: Paint): readonly string[] {
  if (deadline === null) return []
  const after = `what is not answered ${formatDuration(deadline.afterMs)} after the beginning is asked in real time`
  if (deadline.likelyMicroUsd === null)
    return [paint.warn(`${after}, and what ${model} costs there is not known`)]
  const most = deadline.atMostMicroUsd === null ? '' : `, at most ${formatMost(deadline.atMostMicroUsd)}`
  const lines = [`${after}: about ${formatUsd(deadline.likelyMicroUsd)}${most} if that is all of it`]
  if (budgetMicroUsd !== null && deadline.likelyMicroUsd > budgetMicroUsd)
    lines.push(
      paint.warn('the budget allows only a part of that in real time; the run would then pause and ask'),
    )
  return lines
}

function quota(plan: Plan): string {
  const { accounts, waves } = plan.quota
  if (accounts.length < 2 || plan.deliveryMode !== 'batch') return ownQuota(plan)
  const each = accounts.map(
    ({ name, limitTokens, usedTokens }) =>
      `${name}: ${limitTokens === null ? 'no limit is known yet' : `${formatLarge(limitTokens)} enqueued tokens`}, ${formatLarge(usedTokens)} in use`,
  )
  const all = waves === null ? '' : `: ${plural(waves, 'wave')}`
  return [
    `${plural(accounts.length, 'account')}, each by the room that it has${all}${window(plan)}`,
    ...each,
  ].join('\n')
}

/** Nothing where the service does not say how long a batch may take. */
function window({ batchWindowMs }: Plan): string {
  return batchWindowMs === null ? '' : ` · completion window ${formatCount(batchWindowMs / 3_600_000)} h`
}

function ownQuota(plan: Plan): string {
  const { deliveryMode, withoutBatches, quota: quotaOf } = plan
  const { limitTokens, usedTokens, waves } = quotaOf
  if (withoutBatches !== null)
    return `no queue: asked one by one, ${formatCount(withoutBatches.atOnce)} at a time in each process`
  if (deliveryMode !== 'batch') return 'no queue: answered one by one, within the limits of a minute'
  if (limitTokens === null)
    return `no limit of enqueued tokens is known yet; it is learned from the first rejection${window(plan)}`
  const used = usedTokens > 0 ? `, ${formatLarge(usedTokens)} in use` : ''
  return `${formatLarge(limitTokens)} enqueued tokens${used}: ${plural(waves ?? 1, 'wave')}${window(plan)}`
}
