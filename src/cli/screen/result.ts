import { OffpeakError } from '../../domain/errors.ts'
import { maxCostOf } from '../../wording/amount-of-plan.ts'
import type { WaitKind } from '../../domain/wait.ts'
import type { MendedGroup } from '../../engine/control/priced-fixes.ts'
import type { RunStatus } from '../../engine/queries/status.ts'
import { cleanLine } from './clean.ts'
import { spentWords } from '../../wording/spent.ts'
import { formatCap, formatUsd } from '../../wording/amount.ts'
import { formatCount, plural } from '../../wording/count.ts'
import { formatDuration } from '../../wording/duration.ts'
import type { Paint } from './paint.ts'
import { recordsOf } from '../../engine/queries/pace.ts'
import { cutToWidth, padToWidth } from './text-width.ts'
import { exits } from '../exit-codes.ts'

export interface Result {
  readonly exit: number
  readonly lines: readonly string[]
  readonly next: readonly (readonly [label: string, command: string])[]
}

/** Number of groups that are named where a run ends, each with its command. */
export const shownGroups = 6
/** From here on a group and the command that mends it stand in one line. */
const besideColumns = 110

/** How a run ended: words, exit code and what to do now. */
export function resultOf(
  status: RunStatus,
  groups: readonly MendedGroup[],
  { paint, columns }: { readonly paint: Paint; readonly columns: number },
): Result {
  const { run, counts, needsAttention } = status
  const total = recordsOf(status)
  const began = status.reopenedAt ?? status.createdAt
  const took = formatDuration((status.finishedAt ?? began) - began)
  const merged = counts.merged ?? 0
  const opening = status.state === 'cancelled' ? `Cancelled after ${took}.` : `Done in ${took}.`
  const people =
    needsAttention === 0
      ? ''
      : paint.warn(` ${formatCount(needsAttention)} ${needsAttention === 1 ? 'needs' : 'need'} attention:`)
  const happened =
    total === 0
      ? status.unchanged === 0
        ? 'No records are selected.'
        : `All ${plural(status.unchanged, 'record')} were done before and are unchanged; nothing was sent.`
      : ''
  const lines = [
    `  ${paint.strong(opening)} ${happened !== '' ? happened : `${formatCount(merged)} of ${plural(total, 'record')} ${merged === 1 ? 'is' : 'are'} in ${placeName(status)}.${people}`}`,
  ]
  const ofPerson = groups.filter(({ needsAttention: person }) => person)
  const width = String(ofPerson[0]?.count ?? 0).length + 4
  for (const group of ofPerson.slice(0, shownGroups)) {
    const words = cleanLine(group.reason === null ? group.description : `${group.outcome}: ${group.reason}`)
    const mend = paint.command(group.fix.command)
    const beside = columns >= besideColumns
    lines.push(
      `  ${formatCount(group.count).padStart(width)}  ${beside ? `${padToWidth(cutToWidth(words, 44), 44)}  ${mend}` : cutToWidth(words, columns - width - 4)}`,
    )
    if (!beside) lines.push(`  ${' '.repeat(width)}  ${mend}`)
  }
  if (ofPerson.length > shownGroups)
    lines.push(
      `    ${' '.repeat(width)}  and ${plural(ofPerson.length - shownGroups, 'more group')}: offpeak errors ${run}`,
    )
  const held = counts.held ?? 0
  if (held > 0)
    lines.push(
      `  ${plural(held, 'answer waits', 'answers wait')} for other parts of the same record; they are not asked again.`,
    )
  const cancelled = counts.cancelled ?? 0
  if (cancelled > 0)
    lines.push(
      `  ${plural(cancelled, 'record was', 'records were')} not sent or not answered, and ${cancelled === 1 ? 'is' : 'are'} not billed: ${groups.find(({ outcome }) => outcome === 'cancelled')?.fix.command ?? `offpeak errors ${run}`}`,
    )
  lines.push(`  ${costWords(status)}`)
  lines.push(
    ...moneyNotes(status).map(({ isBad, words }) => `  ${isBad ? paint.bad(words) : paint.warn(words)}`),
    ...notStartedLines(status).map((line) => `  ${paint.warn(line)}`),
  )
  return {
    exit: isAttentionNeeded(status) ? exits.needsAttention : 0,
    lines,
    next: [
      ...status.notStarted.map(({ command }) => ['Start', command] as const),
      ['Report', `offpeak report ${run}`],
    ],
  }
}

/**
 * Whether something of a run stays as it is until somebody looks at it: records, money without an answer, or a job that was
 * to follow and did not.
 */
export function isAttentionNeeded(
  status: Pick<RunStatus, 'needsAttention' | 'money' | 'notStarted'>,
): boolean {
  return status.needsAttention > 0 || isMoneyOpen(status) || status.notStarted.some(({ agreed }) => agreed)
}

/** Lines on jobs that should have begun when a run ended, and did not. */
export function notStartedLines({ notStarted }: Pick<RunStatus, 'notStarted'>): readonly string[] {
  return notStarted.map(({ job, reason }) => `The job ${job} was not started after it: ${cleanLine(reason)}`)
}

/** Whether something was paid twice, or may have been paid without an answer. */
export function isMoneyOpen({ money }: Pick<RunStatus, 'money'>): boolean {
  return money.duplicateMicroUsd > 0 || money.possiblyPaidMicroUsd > 0
}

/** Notes on the money besides its amount. */
export function moneyNotes({ run, counts, money }: Pick<RunStatus, 'run' | 'counts' | 'money'>): readonly {
  readonly isBad: boolean
  readonly words: string
}[] {
  const notes: { isBad: boolean; words: string }[] = []
  if (money.possiblyPaidMicroUsd > 0)
    notes.push({
      isBad: false,
      words: `up to ${formatUsd(money.possiblyPaidMicroUsd)} of it possibly paid: the provider may have answered, and the answers are not at hand${(counts.lost ?? 0) > 0 ? `; offpeak resume ${run} looks again, and costs nothing` : ''}`,
    })
  if (money.estimatedAnswers > 0)
    notes.push({
      isBad: false,
      words: `${plural(money.estimatedAnswers, 'answer')} of unknown usage ${money.estimatedAnswers === 1 ? 'is' : 'are'} counted at an estimate: ${money.estimatedAnswers === 1 ? 'its' : 'their'} part of the batch's own sum, or the highest cost`,
    })
  if (money.otherTierAnswers > 0)
    notes.push({
      isBad: true,
      words: `${plural(money.otherTierAnswers, 'answer')} came from another tier than was asked for: without the discount, so that what ${money.otherTierAnswers === 1 ? 'it costs' : 'they cost'} may be double; counted at the price of real time`,
    })
  if (money.duplicateMicroUsd > 0)
    notes.push({
      isBad: true,
      words: `${formatUsd(money.duplicateMicroUsd)} was paid twice; offpeak report ${run} names the batches`,
    })
  return notes
}

/** Where the answers are: `out.jsonl`, `public.cases`. */
/** A rehearsal names its own folder where it can; a table is a copy of the one that is named. */
function placeName({ plan, writes }: RunStatus): string {
  const name = sinkName(plan)
  return writes || name.includes('.offpeak/emulator') ? name : `a copy of ${name}`
}

function sinkName(plan: RunStatus['plan']): string {
  return plan === null
    ? 'the sink'
    : cleanLine(plan.sink).replaceAll(/(^|, )(?:append to|update|upsert) /g, '$1')
}

function costWords({ money, plan }: RunStatus): string {
  const planned = plan?.cost ? ` (plan ${formatUsd(plan.cost.likelyMicroUsd)})` : ''
  const parts = [`Cost ${formatUsd(money.spentMicroUsd)}${planned}`]
  if (money.savedMicroUsd > 0)
    parts.push(`real time ${formatUsd(money.realtimeMicroUsd)}`, `saved ${formatUsd(money.savedMicroUsd)}`)
  if (money.repairMicroUsd > 0) parts.push(`${formatUsd(money.repairMicroUsd)} for repairs`)
  if (money.wastedMicroUsd > 0) parts.push(`${formatUsd(money.wastedMicroUsd)} for unusable answers`)
  return parts.join(' · ')
}

/**
 * The reason of a pause, as the error that it is for whoever waits for the run. Null: it only waits to be submitted.
 */
export function pauseError(status: RunStatus): OffpeakError | null {
  const { run, job, pauseKind, pauseReason } = status
  const message = `run ${run} is paused: ${cleanLine(pauseReason ?? 'no reason was noted')}`
  switch (pauseKind ?? 'job') {
    case 'submit':
      return null
    case 'asked':
      return new OffpeakError('E_RUN_STATE', message, { fix: `offpeak resume ${run}` })
    case 'budget':
      return new OffpeakError('E_BUDGET', message, {
        fix:
          status.pauseShortMicroUsd === null
            ? `raise that budget, or wait until it begins again\nThen: offpeak resume ${run}`
            : `offpeak resume ${run} --max-cost '${formatCap(wantedCap(status))}'`,
      })
    case 'credentials':
      return new OffpeakError('E_CREDENTIALS', message, {
        fix:
          status.wait?.for === 'account'
            ? `set the key again that made these batches, and all is fetched; nothing is lost\nThen: offpeak resume ${run}\nWithout that key: offpeak resume ${run} --accept continues; what is not fetched counts as possibly paid`
            : `set a key that works; no record has failed for it\nThen: offpeak resume ${run}`,
      })
    case 'provider':
      return new OffpeakError('E_PROVIDER_REFUSED', message, {
        fix: providerFix(status),
      })
    case 'answers':
      return new OffpeakError('E_PROVIDER_AWAY', message, {
        fix: `offpeak resume ${run} looks again, and costs nothing\nOr: offpeak resume ${run} --accept ${
          status.wait?.for === 'earlier'
            ? 'sends what matches no file of before, and may pay for it a second time'
            : 'takes what is there; what is missing counts as possibly paid'
        }`,
        money: 'unknown',
      })
    case 'changed':
      return new OffpeakError('E_JOB_CHANGED', message, {
        fix: `offpeak resume ${run} --today continues by the job as it is now, and pays nothing on its own\nOr bring the job ${job} back as it was: the run continues automatically`,
      })
    case 'disk':
      return new OffpeakError('E_DISK', message, {
        fix: `free some disk space; the run continues within minutes where a worker or serve drives it\nElse: offpeak resume ${run}`,
      })
    case 'unusable':
      return new OffpeakError('E_JOB_INVALID', message, {
        fix: `offpeak errors ${run} shows them\nAsk again as they were, within the budget of the run: offpeak resume ${run}\nOr end it with offpeak cancel ${run} and fix the job ${job}: offpeak errors ${run} says what it does for them then, and at what price`,
        money: 'yes',
      })
    case 'job':
      return new OffpeakError('E_JOB_INVALID', message, {
        fix: `fix it in the job ${job}, or where it reads and writes\nThen: offpeak resume ${run}`,
      })
  }
}

/** What to do about a provider, by what was waited for until a person was asked. */
const providerFixes: Readonly<Partial<Record<WaitKind, string>>> = {
  network: 'see why this machine does not reach the provider (address, proxy, certificates): offpeak doctor',
  service: 'wait until the service works again, or ask whoever runs it',
  rate: 'wait, or have the rate limit of the account raised',
  refused: 'fix what the provider says about the file: the job, the deployment, or a limit',
  upload: 'look at the uploaded file at the provider: it does not become ready',
  download: 'look at the answer file at the provider: it does not come whole',
}

function providerFix({ run, wait }: RunStatus): string {
  const fix =
    (wait === null ? undefined : providerFixes[wait.for]) ??
    `fix it at the provider (credit, key, deployment); where the job has to ask for something else (another model), offpeak cancel ${run} and run it again`
  const accept =
    wait?.for === 'download'
      ? `\nOr: offpeak resume ${run} --accept continues without it; what it holds counts as possibly paid`
      : ''
  return `${fix}; no record has failed for it\nThen: offpeak resume ${run}${accept}`
}

/** How far a paused run came, and what it has cost. */
export function pausedMoney(status: RunStatus): string {
  const { counts, money } = status
  return `${formatCount(counts.merged ?? 0)} of ${plural(recordsOf(status), 'record')} merged · ${spentWords(money)} · ${formatUsd(money.reservedMicroUsd)} reserved`
}

/** A cap that lets the whole plan through, or at least the next file. */
function wantedCap({ money, plan, pauseShortMicroUsd }: RunStatus): number {
  return Math.max(
    (money.capMicroUsd ?? 0) + (pauseShortMicroUsd ?? 0),
    plan === null ? 0 : (maxCostOf(plan) ?? 0),
  )
}
