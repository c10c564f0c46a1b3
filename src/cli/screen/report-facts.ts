import { deliveryLabels } from '../../wording/delivery-labels.ts'
import { maxCostOf } from '../../wording/amount-of-plan.ts'
import type { NotableEvent, RunReport } from '../../engine/queries/report.ts'
import { cleanKey, cleanLine } from './clean.ts'
import { formatCount, formatLarge, plural } from '../../wording/count.ts'
import { formatDuration } from '../../wording/duration.ts'
import { formatTime } from './format.ts'
import { formatMost, formatUsd } from '../../wording/amount.ts'
import { simulatedRun } from './simulated.ts'
import { recordsOf } from '../../engine/queries/pace.ts'
import { waitsOf, waitTimes, waitWords } from './waits.ts'

/** A table of a report in no medium's words: the first row is its head. */
export interface ReportTable {
  readonly title: string
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** Columns of numbers. */
  readonly right: readonly number[]
}

export interface ReportFacts {
  readonly title: string
  readonly summary: readonly (readonly [label: string, text: string])[]
  readonly tables: readonly ReportTable[]
}

const shownBatches = 200

/** The facts of a report, for whichever medium prints it. */
export function reportFacts(report: RunReport): ReportFacts {
  const { status, durationMs } = report
  const { job, run, state, provider, model, counts, plan, tokens, needsAttention, deliveryMode, deadlineAt } =
    status
  const sink = plan === null ? null : cleanLine(plan.sink)
  return {
    title: `${job}, run ${run}`,
    summary: [
      ...(status.simulated ? [['Answers', simulatedRun] as const] : []),
      ['State', `${state}${status.pauseReason === null ? '' : `: ${cleanLine(status.pauseReason)}`}`],
      ...waitsOf(status).map(
        (wait) =>
          ['Waits', `${waitWords(wait)} (${waitTimes(wait, status.createdAt + durationMs)})`] as const,
      ),
      ['Model', `${provider} / ${model}`],
      ...(status.rescues === null ? [] : [['Rescues', `records of run ${status.rescues}`] as const]),
      ...(deliveryMode === 'batch'
        ? []
        : [
            [
              'Delivery mode',
              `${deliveryLabels[deliveryMode].words} (${deliveryLabels[deliveryMode].price})`,
            ] as const,
          ]),
      ...(deadlineAt === null
        ? []
        : [['Deadline', `${formatTime(deadlineAt)}; what was left was asked in real time`] as const]),
      [
        'Time',
        `${formatTime(status.createdAt)}, ${status.finishedAt === null ? 'for' : 'took'} ${formatDuration(durationMs)}`,
      ],
      [
        'Records',
        `${formatCount(counts.merged ?? 0)} of ${formatCount(recordsOf(status))} merged${sink === null ? '' : ` (${sink})`}${needsAttention > 0 ? ` · ${formatCount(needsAttention)} need attention` : ''}${status.unchanged > 0 ? ` · ${formatCount(status.unchanged)} done before` : ''}`,
      ],
      status.inputUnit === 'page'
        ? ['Pages', formatLarge(tokens.input)]
        : ['Tokens', `${formatLarge(tokens.input)} in · ${formatLarge(tokens.output)} out`],
    ],
    tables: [
      money(report),
      outcomesTable(report),
      ...(needsAttention > 0 ? [people(report)] : []),
      batchesTable(report),
      lines(report),
      ...notable(report),
      ...rescues(report),
      ...earlier(report),
    ].filter(({ rows }) => rows.length > 0),
  }
}

function money({ status: { money, plan } }: RunReport): ReportTable {
  const rows: (readonly string[])[] = []
  const most = plan === null ? null : maxCostOf(plan)
  if (plan?.cost)
    rows.push([
      'planned',
      formatUsd(plan.cost.likelyMicroUsd),
      most === null ? 'no upper bound' : `at most ${formatMost(most)}`,
    ])
  const ratio =
    plan?.cost && plan.cost.likelyMicroUsd > 0
      ? `${Math.round((100 * money.spentMicroUsd) / plan.cost.likelyMicroUsd)} % of the plan`
      : ''
  rows.push(['actual', formatUsd(money.spentMicroUsd), ratio])
  if (money.reservedMicroUsd > 0)
    rows.push(['reserved', formatUsd(money.reservedMicroUsd), 'held for batches on their way'])
  if (money.capMicroUsd !== null) rows.push(['cap', formatMost(money.capMicroUsd), ''])
  if (money.sharedCapMicroUsd !== null)
    rows.push(['cap of all', formatMost(money.sharedCapMicroUsd), 'with the runs that were started together'])
  if (money.savedMicroUsd > 0) {
    rows.push(['in real time', formatUsd(money.realtimeMicroUsd), 'the same answers without batches'])
    rows.push([
      'saved',
      formatUsd(money.savedMicroUsd),
      `${Math.round((100 * money.savedMicroUsd) / money.realtimeMicroUsd)} % of real time`,
    ])
  }
  rows.push(['paid but unusable', formatUsd(money.wastedMicroUsd), 'answers that were cut, unfit or refused'])
  if (money.repairMicroUsd > 0)
    rows.push([
      'repairs',
      formatUsd(money.repairMicroUsd),
      'part of actual: invalid answers asked again with what was wrong',
    ])
  if (money.possiblyPaidMicroUsd > 0)
    rows.push([
      'possibly paid',
      formatUsd(money.possiblyPaidMicroUsd),
      'part of actual, at its most: the provider may have answered, and the answers are not at hand',
    ])
  if (money.estimatedAnswers > 0)
    rows.push([
      'estimated',
      plural(money.estimatedAnswers, 'answer'),
      "of unknown usage: counted at their part of the batch's own sum, or at their highest cost",
    ])
  if (money.otherTierAnswers > 0)
    rows.push([
      'another tier',
      plural(money.otherTierAnswers, 'answer'),
      'part of actual, at the price of real time: the provider says that they had no discount',
    ])
  if (money.duplicateMicroUsd > 0)
    rows.push([
      'paid twice',
      formatUsd(money.duplicateMicroUsd),
      'batches that exist twice at the provider; see below',
    ])
  return { title: 'Cost', head: ['', 'dollars', ''], rows, right: [1] }
}

function outcomesTable({ status, groups }: RunReport): ReportTable {
  const words = new Map(groups.map((group) => [group.outcome as string, group.description]))
  const total = Object.values(status.counts).reduce((sum, count) => sum + count, 0)
  const rows = Object.entries(status.counts)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => [
      name,
      formatCount(count),
      `${((100 * count) / total).toFixed(1)} %`,
      words.get(name) ?? (name === 'merged' ? 'written to the sink' : ''),
    ])
  return { title: 'Outcomes', head: ['outcome', 'records', 'share', ''], rows, right: [1, 2] }
}

function people({ groups }: RunReport): ReportTable {
  const rows = groups
    .filter(({ needsAttention: person }) => person)
    .map(({ outcome, reason, count, examples }) => [
      formatCount(count),
      outcome,
      cleanLine(reason ?? '-'),
      cleanKey(examples[0] ?? ''),
    ])
  return {
    title: 'What needs attention',
    head: ['records', 'outcome', 'reason', 'examples'],
    rows,
    right: [0],
  }
}

function batchesTable({ status: { batches, createdAt }, durationMs }: RunReport): ReportTable {
  const now = createdAt + durationMs
  const rows = batches
    .slice(0, shownBatches)
    .map((batch) => [
      String(batch.n),
      batch.lateAt !== null && batch.lateAt < now
        ? `${batch.state} (late, kept and read when it comes)`
        : batch.reason === null || batch.reason === 'completed'
          ? batch.state
          : `${batch.state} (${cleanLine(batch.reason)})`,
      formatCount(batch.requests),
      formatCount(batch.counts.merged ?? 0),
      formatUsd(batch.costMicroUsd),
      String(batch.attempts),
      batch.deliveryMode === 'batch'
        ? (batch.providerBatchId ?? '-')
        : deliveryLabels[batch.deliveryMode].words,
    ])
  const title =
    batches.length > shownBatches
      ? `Batches (the first ${shownBatches} of ${formatCount(batches.length)})`
      : 'Batches'
  return {
    title,
    head: ['batch', 'state', 'requests', 'merged', 'cost', 'attempts', 'at the provider'],
    rows,
    right: [0, 2, 3, 4, 5],
  }
}

const lineWords: Readonly<Record<string, string>> = {
  lines: 'received in total',
  applied: 'became the answer of a request',
  duplicates: 'a second line for the same request',
  late: 'for a request that had its answer from elsewhere',
  malformed: 'not readable as JSON',
  tooLong: 'longer than any answer can be',
  unknownId: 'with an id that is not ours',
  foreignId: 'with an id of another batch',
  again: 'read again, and merged before',
}

/** Every line that came back, by what was done with it. */
function lines({ status }: RunReport): ReportTable {
  const rows = Object.entries(status.lines)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => [name, formatCount(count), lineWords[name] ?? ''])
  return { title: 'Lines of answer files', head: ['line', 'count', ''], rows, right: [1] }
}

const eventWords: Readonly<Record<string, string>> = {
  adopted: 'a batch whose creation was unconfirmed was found and taken over',
  duplicate: 'a batch exists twice at the provider',
  'state.older': 'the state did not know what was sent before',
  'intent.taken': 'a file continues as one that was sent before',
  'intent.dropped':
    'what a state that is gone has sent is waited for no longer; it may be paid a second time',
  orphan: 'a batch created by Offpeak that no attempt knows',
  'attempt.waits': 'a batch waited',
  'run.waits': 'the run waited',
  'answers.withheld': 'missing answers are withheld',
  'answers.accepted': 'what is there was taken',
  'answers.found': 'lost answers were found',
  'answers.tier': 'answers came from another tier than was asked for, without its discount',
  'account.renewed': 'another key, the same batches',
  'account.refused': 'an account refused what it was given; the others go on',
  'line.unused': 'a line that could not be used',
  'join.failed': 'parts of a record could not be written together',
  'chunks.old': 'old chunks of texts that have not changed else were removed or marked',
  'chunks.kept': 'old chunks could not be removed or marked',
  'track.failed': 'a status table could not be written; the run continued',
  'follow.refused': 'a job that follows this one was not started',
  'sink.failed': 'the sink did not take a chunk; it was tried again',
  'quota.waiting': 'waited for enqueued tokens',
  'run.paused': 'paused',
  'run.resumed': 'resumed',
  'run.retry': 'sent again by hand',
  'run.cancelling': 'cancelled',
  'run.unsent': 'what was not sent was dropped',
  'run.answered': 'what the run that it rescues has answered meanwhile was dropped unsent',
  'batch.cancelling': 'a batch was cancelled by hand',
}

function notable({ notable, notableCounts }: RunReport): readonly ReportTable[] {
  const rows = notable.map(({ at, kind, data }: NotableEvent) => [
    formatTime(at),
    eventWords[kind] ?? kind,
    kind === 'attempt.waits' || kind === 'run.waits' ? waited(data) : detail(data),
  ])
  const shown = notable.length
  const all = Object.values(notableCounts).reduce((sum, count) => sum + count, 0)
  return [
    {
      title: all > shown ? `Events (${formatCount(shown)} of ${formatCount(all)})` : 'Events',
      head: ['when', 'what', ''],
      rows,
      right: [],
    },
  ]
}

function waited({ batch, for: kind, words }: Readonly<Record<string, unknown>>): string {
  const who = typeof batch === 'number' ? `batch ${batch} · ` : ''
  return `${who}${String(kind)}: ${cleanLine(String(words))}`
}

function detail(data: Readonly<Record<string, unknown>>): string {
  return Object.entries(data)
    .map(([name, value]) => `${name} ${cleanLine(typeof value === 'string' ? value : JSON.stringify(value))}`)
    .join(' · ')
}

function rescues({ rescuedBy }: RunReport): readonly ReportTable[] {
  return [runsTable('Runs that asked records of this one again', rescuedBy)]
}

function earlier({ earlier }: RunReport): readonly ReportTable[] {
  return [runsTable('Earlier runs of this job', earlier)]
}

function runsTable(title: string, runs: RunReport['earlier']): ReportTable {
  const rows = runs.map(({ run, state, createdAt, merged, spentMicroUsd }) => [
    run,
    state,
    formatTime(createdAt),
    formatCount(merged),
    formatUsd(spentMicroUsd),
  ])
  return { title, head: ['run', 'state', 'started', 'merged', 'spent'], rows, right: [3, 4] }
}
