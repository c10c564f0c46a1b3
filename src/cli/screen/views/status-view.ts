import type { AtProvider, SeenBatch } from '../../../engine/queries/at-provider.ts'
import {
  addCounts,
  type Outcome,
  outcomeNames,
  type OutcomeCounts,
  outcomes,
} from '../../../domain/outcome.ts'
import { deliveryLabels } from '../../../wording/delivery-labels.ts'
import type { BatchStatus, RunStatus } from '../../../engine/queries/status.ts'
import { atProviderLines } from './at-provider-view.ts'
import { batchPhases } from '../batch-phase.ts'
import { phaseOf } from '../../../wording/batch-phase.ts'
import { cleanLine } from '../clean.ts'
import { formatAgo, formatTime } from '../format.ts'
import { formatBytes } from '../../../wording/bytes.ts'
import { formatCount } from '../../../wording/count.ts'
import { formatDuration } from '../../../wording/duration.ts'
import { formatUsd } from '../../../wording/amount.ts'
import type { Paint } from '../paint.ts'
import { recordsOf } from '../../../engine/queries/pace.ts'
import { progressBlock } from './progress-view.ts'
import { isAttentionNeeded, moneyNotes, notStartedLines } from '../result.ts'
import { simulatedRun } from '../simulated.ts'
import { labelled, table } from '../table.ts'
import { isTrouble, waitsOf, waitTimes, waitWords } from '../waits.ts'
import { fitLines } from '../wrap.ts'

export interface ViewOptions {
  readonly paint: Paint
  readonly columns: number
  readonly now: number
  /** What the provider says of a run that no process carries. */
  readonly seen?: AtProvider | null
}

const shownBatches = 40

/** Runs, newest first. */
export function runTable(statuses: readonly RunStatus[], { paint, columns, now }: ViewOptions): string {
  return table<RunStatus>(
    [
      { title: 'run', value: ({ run }) => run, paint: paint.strong },
      { title: 'job', value: ({ job }) => job, shrink: true, middle: true },
      // Only where there is one: most lists have none.
      ...(statuses.some(({ simulated }) => simulated)
        ? [
            {
              title: 'answers',
              value: ({ simulated }: RunStatus) => (simulated ? 'SIMULATED' : 'real'),
              paint: (text: string, { simulated }: RunStatus) => (simulated ? paint.warn(text) : text),
            },
          ]
        : []),
      {
        title: 'state',
        value: stateMark,
        paint: (text, status) =>
          status.state === 'paused'
            ? paint.bad(text)
            : status.state === 'done' && !isAttentionNeeded(status)
              ? paint.good(text)
              : text,
      },
      {
        title: 'merged',
        value: (status) => `${formatCount(status.counts.merged ?? 0)}/${formatCount(recordsOf(status))}`,
        right: true,
      },
      {
        title: 'need attention',
        value: ({ needsAttention }) => (needsAttention === 0 ? '-' : formatCount(needsAttention)),
        right: true,
        paint: (text, { needsAttention }) => (needsAttention > 0 ? paint.warn(text) : text),
      },
      { title: 'spent', value: ({ money }) => formatUsd(money.spentMicroUsd), right: true },
      { title: 'started', value: ({ createdAt }) => formatAgo(createdAt, now), right: true },
    ],
    statuses,
    { paint, width: columns },
  )
}

function stateMark(status: RunStatus): string {
  const { state } = status
  switch (state) {
    case 'done':
      return isAttentionNeeded(status) ? '! done' : '+ done'
    case 'paused':
      return 'x paused'
    case 'cancelled':
      return '- cancelled'
    case 'cancelling':
    case 'building':
    case 'running': {
      const trouble = waitsOf(status).find(({ for: kind }) => isTrouble(kind))
      if (trouble) return `! ${state === 'cancelling' ? 'cancelling, ' : ''}waits: ${trouble.for}`
      return state === 'cancelling' ? '- cancelling' : `o ${state}`
    }
  }
}

/** One run on one screen. */
export function runView(status: RunStatus, options: ViewOptions): string {
  const { paint, now, seen } = options
  const { job, provider, model, createdAt, finishedAt, tookMs, state } = status
  const times =
    finishedAt === null
      ? `started ${formatTime(createdAt)}, ${formatAgo(createdAt, now)}`
      : `${formatTime(createdAt)}, took ${formatDuration(tookMs ?? finishedAt - createdAt)}`
  const parts = [
    ...(status.simulated ? [`  ${paint.warn(simulatedRun)}`] : []),
    `  ${paint.strong(job)} · ${state}${status.rescues === null ? '' : ` · asks records of run ${status.rescues} again`} · ${provider} / ${model}${status.deliveryMode === 'batch' ? '' : ` · ${deliveryLabels[status.deliveryMode].words} (${deliveryLabels[status.deliveryMode].price})`} · ${times}`,
    progressBlock(status, options)
      .map((line) => `  ${line}`)
      .join('\n'),
  ]
  if (seen != null)
    parts.push(
      atProviderLines(status.run, seen, now)
        .map((line) => fitLines(`  ${line}`, options.columns))
        .join('\n'),
    )
  const notes = moneyNotes(status)
  if (notes.length > 0) parts.push(notes.map(({ words }) => `  ${paint.warn(words)}`).join('\n'))
  const left = notStartedLines(status)
  if (left.length > 0) parts.push(left.map((line) => `  ${paint.warn(line)}`).join('\n'))
  const outcomes = outcomeLines(status.counts)
  if (outcomes.length > 0) parts.push(labelled([['Outcomes', outcomes.join('\n')]], paint))
  if (status.batches.length > 0) parts.push(batchTable(status.batches.slice(-shownBatches), options))
  if (status.batches.length > shownBatches)
    parts.push(
      `  the last ${shownBatches} of ${formatCount(status.batches.length)} batches; --json lists all`,
    )
  return parts.join('\n\n')
}

/** `455  merged: written to the sink`, one line for each outcome that occurred. */
export function outcomeLines(counts: OutcomeCounts): readonly string[] {
  const present = outcomeNames.filter((name) => (counts[name] ?? 0) > 0)
  const width = Math.max(0, ...present.map((name) => formatCount(counts[name] ?? 0).length))
  return present.map(
    (name: Outcome) => `${formatCount(counts[name] ?? 0).padStart(width)}  ${name}: ${outcomes[name].words}`,
  )
}

function batchTable(
  batches: readonly BatchStatus[],
  { paint, columns: width, now, seen }: ViewOptions,
): string {
  const there = new Map(seen?.batches.map((batch) => [batch.n, batch]))
  const accounts = new Set(batches.flatMap(({ account }) => account ?? []))
  return table<BatchStatus>(
    [
      { title: 'batch', value: ({ n }) => String(n), right: true },
      {
        title: 'state',
        value: (batch) => `${batchPhases[phaseOf(batch)].shape} ${batch.state}`,
        paint: (text, batch) => paint[batchPhases[phaseOf(batch)].paint](text),
      },
      { title: 'answered', value: (batch) => answered(batch, there.get(batch.n)), right: true },
      { title: 'size', value: ({ bytes }) => formatBytes(bytes), right: true },
      {
        title: 'cost',
        value: ({ costMicroUsd, reservedMicroUsd }) =>
          reservedMicroUsd > 0 && costMicroUsd === 0
            ? `<${formatUsd(reservedMicroUsd)}`
            : formatUsd(costMicroUsd),
        right: true,
      },
      { title: 'at the provider', value: ({ providerBatchId }) => providerBatchId ?? '-', shrink: true },
      ...(accounts.size < 2
        ? []
        : [
            {
              title: 'account',
              value: ({ account, accountName }: BatchStatus) => accountName ?? account ?? '-',
              shrink: true,
            },
          ]),
      {
        title: 'note',
        value: ({ n, reason, attempts, deliveryMode, lateAt, wait }) =>
          [
            seenWords(there.get(n)),
            wait === null ? '' : `waits: ${wait.for}`,
            deliveryMode === 'batch' ? '' : deliveryLabels[deliveryMode].words,
            lateAt !== null && lateAt < now ? 'late, kept and read when it comes' : '',
            attempts > 1 ? `attempt ${attempts}` : '',
            reason === null || reason === 'completed' || reason === wait?.message ? '' : cleanLine(reason),
          ]
            .filter(Boolean)
            .join(', '),
        shrink: true,
        paint: paint.faint,
      },
    ],
    batches,
    { paint, width },
  )
}

/** Answers that are merged or judged; while the provider works, what it says. */
function answered({ requests, counts, remote, state }: BatchStatus, seen?: SeenBatch): string {
  const judged = Object.values(counts).reduce((sum, count) => sum + count, 0)
  const there = seen?.counts ?? remote
  return `${formatCount(state === 'merged' ? judged : Math.max(judged, there.completed + there.failed))}/${formatCount(Math.max(requests, judged))}`
}

function seenWords(seen: SeenBatch | undefined): string {
  if (seen === undefined) return ''
  return seen.state === null
    ? cleanLine(seen.message ?? '')
    : `${seen.state.replaceAll('_', ' ')} at the provider`
}

/** One batch, with the outcomes of its requests. */
export function batchView(
  status: RunStatus,
  batch: BatchStatus,
  { paint, now, columns, seen }: ViewOptions,
): string {
  const there = seen?.batches.find(({ n }) => n === batch.n)
  const remote = there?.counts ?? batch.remote
  const counts = addCounts({}, batch.counts)
  return [
    `  ${paint.strong(`batch ${batch.n}`)} of run ${status.run} (${status.job})   ${batchPhases[phaseOf(batch)].shape} ${batch.state}`,
    labelled(
      [
        batch.deliveryMode === 'batch'
          ? ['Provider', batch.providerBatchId ?? 'not sent']
          : [
              'Delivery mode',
              `${deliveryLabels[batch.deliveryMode].words} (${deliveryLabels[batch.deliveryMode].price})`,
            ],
        ['Requests', `${formatCount(batch.requests)} · ${formatBytes(batch.bytes)}`],
        remote.total > 0 || there
          ? [
              'There',
              `${there ? `${seenWords(there)} · ` : ''}${formatCount(remote.completed)} completed · ${formatCount(remote.failed)} failed of ${formatCount(remote.total)}`,
            ]
          : null,
        batch.wait === null
          ? null
          : ['Waits', `${waitWords({ ...batch.wait, batches: null })}\n${waitTimes(batch.wait, now)}`],
        outcomeLines(counts).length > 0 ? ['Outcomes', outcomeLines(counts).join('\n')] : null,
        ['Cost', `${formatUsd(batch.costMicroUsd)} spent · ${formatUsd(batch.reservedMicroUsd)} reserved`],
        batch.attempts > 1 ? ['Attempts', String(batch.attempts)] : null,
        batch.reason === null || batch.reason === 'completed' ? null : ['Note', cleanLine(batch.reason)],
        batch.expiresAt === null ? null : ['Expires', formatTime(batch.expiresAt)],
        seen == null ? null : ['Now', atProviderLines(status.run, seen, now).join('\n')],
      ],
      paint,
      columns,
    ),
  ].join('\n')
}
