import { addCounts, type Outcome, outcomeNames, type OutcomeCounts, outcomes } from '../../domain/outcome.ts'
import { lanes } from '../../domain/lane.ts'
import type { BatchStatus, RunStatus } from '../../engine/look/status.ts'
import { batchPhases, phaseOf } from './batch-phase.ts'
import { cleanLine } from './clean.ts'
import { formatAgo, formatBytes, formatCount, formatDuration, formatTime, formatUsd } from './format.ts'
import type { Paint } from './paint.ts'
import { recordsOf } from '../../engine/look/pace.ts'
import { progressBlock } from './progress-view.ts'
import { labelled, table } from './table.ts'

export interface ViewOptions {
  readonly paint: Paint
  readonly columns: number
  readonly now: number
}

const shownBatches = 40

/** Runs, newest first. */
export function runTable(statuses: readonly RunStatus[], { paint, columns, now }: ViewOptions): string {
  return table<RunStatus>(
    [
      { title: 'run', value: ({ run }) => run, paint: paint.strong },
      { title: 'job', value: ({ job }) => job, shrink: true },
      {
        title: 'state',
        value: stateMark,
        paint: (text, { state, needPerson }) =>
          state === 'paused'
            ? paint.bad(text)
            : state === 'done' && needPerson === 0
              ? paint.good(text)
              : text,
      },
      {
        title: 'merged',
        value: (status) => `${formatCount(status.counts.merged ?? 0)}/${formatCount(recordsOf(status))}`,
        right: true,
      },
      {
        title: 'need you',
        value: ({ needPerson }) => (needPerson === 0 ? '-' : formatCount(needPerson)),
        right: true,
        paint: (text, { needPerson }) => (needPerson > 0 ? paint.warn(text) : text),
      },
      { title: 'spent', value: ({ money }) => formatUsd(money.spentMicroUsd), right: true },
      { title: 'started', value: ({ createdAt }) => formatAgo(createdAt, now), right: true },
    ],
    statuses,
    { paint, width: columns },
  )
}

function stateMark({ state, needPerson }: RunStatus): string {
  switch (state) {
    case 'done':
      return needPerson > 0 ? '! done' : '+ done'
    case 'paused':
      return 'x paused'
    case 'cancelled':
    case 'cancelling':
      return `- ${state}`
    case 'building':
    case 'running':
      return `o ${state}`
  }
}

/** One run on one screen. */
export function runView(status: RunStatus, options: ViewOptions): string {
  const { paint, now } = options
  const { job, provider, model, createdAt, finishedAt, state } = status
  const times =
    finishedAt === null
      ? `started ${formatTime(createdAt)}, ${formatAgo(createdAt, now)}`
      : `${formatTime(createdAt)}, took ${formatDuration(finishedAt - createdAt)}`
  const parts = [
    `  ${paint.strong(job)} · ${state} · ${provider} / ${model}${status.lane === 'batch' ? '' : ` · ${lanes[status.lane].words} (${lanes[status.lane].price})`} · ${times}`,
    progressBlock(status, options)
      .map((line) => `  ${line}`)
      .join('\n'),
  ]
  const fates = outcomeLines(status.counts)
  if (fates.length > 0) parts.push(labelled([['Outcomes', fates.join('\n')]], paint))
  if (status.batches.length > 0) parts.push(batchTable(status.batches.slice(-shownBatches), options))
  if (status.batches.length > shownBatches)
    parts.push(
      `  the last ${shownBatches} of ${formatCount(status.batches.length)} batches; --json lists all`,
    )
  return parts.join('\n\n')
}

/** `455  merged: written to the sink`, one line for each fate that occurred. */
export function outcomeLines(counts: OutcomeCounts): readonly string[] {
  const present = outcomeNames.filter((name) => (counts[name] ?? 0) > 0)
  const width = Math.max(0, ...present.map((name) => formatCount(counts[name] ?? 0).length))
  return present.map(
    (name: Outcome) => `${formatCount(counts[name] ?? 0).padStart(width)}  ${name}: ${outcomes[name].words}`,
  )
}

function batchTable(batches: readonly BatchStatus[], { paint, columns: width, now }: ViewOptions): string {
  return table<BatchStatus>(
    [
      { title: 'batch', value: ({ n }) => String(n), right: true },
      {
        title: 'state',
        value: (batch) => `${batchPhases[phaseOf(batch)].shape} ${batch.state}`,
        paint: (text, batch) => paint[batchPhases[phaseOf(batch)].paint](text),
      },
      { title: 'answered', value: answered, right: true },
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
      {
        title: 'note',
        value: ({ reason, attempts, lane, lateAt }) =>
          [
            lane === 'batch' ? '' : lanes[lane].words,
            lateAt !== null && lateAt < now ? 'late, kept and read when it comes' : '',
            attempts > 1 ? `attempt ${attempts}` : '',
            reason === 'completed' ? '' : (reason ?? ''),
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
function answered({ requests, counts, remote, state }: BatchStatus): string {
  const judged = Object.values(counts).reduce((sum, count) => sum + count, 0)
  return `${formatCount(state === 'merged' ? judged : Math.max(judged, remote.completed + remote.failed))}/${formatCount(Math.max(requests, judged))}`
}

/** One batch, with the fates of its requests. */
export function batchView(status: RunStatus, batch: BatchStatus, paint: Paint): string {
  const counts = addCounts({}, batch.counts)
  return [
    `  ${paint.strong(`batch ${batch.n}`)} of run ${status.run} (${status.job})   ${batchPhases[phaseOf(batch)].shape} ${batch.state}`,
    labelled(
      [
        batch.lane === 'batch'
          ? ['Provider', batch.providerBatchId ?? 'not sent']
          : ['Lane', `${lanes[batch.lane].words} (${lanes[batch.lane].price})`],
        ['Requests', `${formatCount(batch.requests)} · ${formatBytes(batch.bytes)}`],
        batch.remote.total > 0
          ? [
              'There',
              `${formatCount(batch.remote.completed)} completed · ${formatCount(batch.remote.failed)} failed of ${formatCount(batch.remote.total)}`,
            ]
          : null,
        outcomeLines(counts).length > 0 ? ['Outcomes', outcomeLines(counts).join('\n')] : null,
        ['Cost', `${formatUsd(batch.costMicroUsd)} spent · ${formatUsd(batch.reservedMicroUsd)} reserved`],
        batch.attempts > 1 ? ['Attempts', String(batch.attempts)] : null,
        batch.reason === null || batch.reason === 'completed' ? null : ['Note', cleanLine(batch.reason)],
        batch.expiresAt === null ? null : ['Expires', formatTime(batch.expiresAt)],
      ],
      paint,
    ),
  ].join('\n')
}
