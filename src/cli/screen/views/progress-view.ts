import { isRunning } from '../../../domain/attempt.ts'
import { recordsOf, timeToGoMs } from '../../../engine/queries/pace.ts'
import type { RunStatus } from '../../../engine/queries/status.ts'
import { batchPhases, phaseStrip } from '../batch-phase.ts'
import { phaseCounts, phaseOf } from '../../../wording/batch-phase.ts'
import { cleanLine } from '../clean.ts'
import { formatAgo, formatUtc } from '../format.ts'
import { formatCount } from '../../../wording/count.ts'
import { formatDuration } from '../../../wording/duration.ts'
import { spentWords } from '../../../wording/spent.ts'
import { formatMost, formatUsd } from '../../../wording/amount.ts'
import type { Paint } from '../paint.ts'
import { cutToWidth, textWidth } from '../text-width.ts'
import { waitFields, waitsOf, waitState, waitTimes, waitWords } from '../waits.ts'
import { wrapWords } from '../wrap.ts'

/** The phase of a run in one word. */
export function phaseWord({ state, batches }: RunStatus): string {
  if (state !== 'running' && state !== 'building') return state
  if (batches.some((batch) => isRunning(batch.state) || batch.state === 'asking')) return 'running'
  if (batches.some((batch) => ['merging', 'sending', 'doubt'].includes(phaseOf(batch))))
    return batches.some((batch) => phaseOf(batch) === 'merging') ? 'merging' : 'sending'
  return state === 'building' ? 'building' : 'waiting'
}

/** One line for logs: the same keys every time. */
export function progressLine(status: RunStatus, now: number): string {
  const { counts, money } = status
  const dollars = (microUsd: number): string => formatUsd(microUsd).slice(1).replaceAll(',', '')
  const answered = recordsOf(status) - Math.max(0, status.pending)
  const known = status.sourceDone ? answered : Object.values(counts).reduce((sum, count) => sum + count, 0)
  return (
    `${formatUtc(now)} run=${status.run} phase=${phaseWord(status)} rows=${Math.max(0, known)}/${recordsOf(status)} merged=${counts.merged ?? 0} ` +
    `failed=${status.needsAttention} retrying=${status.retrying} spent=${dollars(money.spentMicroUsd)} reserved=${dollars(money.reservedMicroUsd)}${waitFields(status)}`
  )
}

/** The parts of a progress text whose change is worth a line in a log. */
export function progressState(status: RunStatus): string {
  return [
    status.state,
    status.pauseReason ?? '',
    status.jobChange?.changedAt ?? '',
    phaseWord(status),
    ...phaseCounts(status.batches).map(({ phase, count }) => `${phase}${count}`),
    status.needsAttention,
    waitState(status),
  ].join(' ')
}

const barWidth = 20
const maxStrip = 48

/** The block that is redrawn on a terminal. */
export function progressBlock(
  status: RunStatus,
  { paint, columns, now }: { readonly paint: Paint; readonly columns: number; readonly now: number },
): readonly string[] {
  const { counts, money, needsAttention, retrying } = status
  const total = recordsOf(status)
  const merged = counts.merged ?? 0
  const share = total === 0 ? 0 : Math.min(1, merged / total)
  const filled = merged < total ? Math.min(barWidth - 1, Math.floor(share * barWidth)) : barWidth
  const head = `run ${status.run}  `
  const indent = ' '.repeat(head.length)
  const left = timeToGoMs(status, now)
  const bar = `${paint.strong(head)}${paint.faint('rows   ')} ${paint.good('#'.repeat(filled))}${paint.faint('-'.repeat(barWidth - filled))}`
  const more = join(
    [
      needsAttention > 0
        ? paint.warn(`${formatCount(needsAttention)} ${needsAttention === 1 ? 'needs' : 'need'} attention`)
        : '',
      retrying > 0
        ? paint.faint(`${formatCount(retrying)} ${retrying === 1 ? 'retries' : 'retry'} automatically`)
        : '',
      left === null ? '' : paint.faint(`about ${formatDuration(left)} left`),
    ],
    '   ',
  )
  const rows = join([`${bar}  ${formatCount(merged)}/${formatCount(total)} merged`, more], '   ')
  const lines =
    more === '' || textWidth(rows) <= columns
      ? [rows]
      : [`${bar}  ${formatCount(merged)}/${formatCount(total)} merged`, `${indent}        ${more}`]
  const phases = phaseCounts(status.batches)
  if (phases.length > 0) {
    const words = phases
      .map(({ phase, count }) => `${formatCount(count)} ${batchPhases[phase].words}`)
      .join(' · ')
    const room = columns - head.length - 8 - words.length - 3
    const label = `${indent}${paint.faint('batches')} `
    if (room >= barWidth)
      lines.push(
        `${label}${padPainted(phaseStrip(phases, Math.min(room, maxStrip), paint), barWidth)}  ${words}`,
      )
    else
      lines.push(
        `${label}${phaseStrip(phases, columns - head.length - 9, paint)}`,
        `${indent}        ${words}`,
      )
  } else lines.push(`${indent}${paint.faint('batches')} ${status.sourceDone ? 'none' : 'reading the source'}`)
  const { capMicroUsd, sharedCapMicroUsd } = money
  const isShared = sharedCapMicroUsd !== null && (capMicroUsd === null || sharedCapMicroUsd < capMicroUsd)
  const cap = isShared ? sharedCapMicroUsd : capMicroUsd
  const budget = cap === null ? 'no cap' : `${formatMost(cap)} ${isShared ? 'cap of all' : 'cap'}`
  lines.push(
    `${indent}${paint.faint('cost   ')} ${spentWords(money)} · ${formatUsd(money.reservedMicroUsd)} reserved · ${budget}${money.savedMicroUsd > 0 ? `   saved ${formatUsd(money.savedMicroUsd)}` : ''}`,
  )
  lines.push(...waitLines(status, { paint, columns, now, indent }))
  const { jobChange } = status
  if (jobChange !== null)
    lines.push(`${indent}${paint.warn(`job file changed ${formatAgo(jobChange.changedAt, now)}`)}`)
  const expiry = nextExpiry(status, now)
  if (expiry !== null)
    lines.push(`${indent}${paint.faint('expires')} the oldest batch in ${formatDuration(expiry - now)}`)
  const { deadlineAt, finishedAt } = status
  if (deadlineAt !== null && finishedAt === null)
    lines.push(
      deadlineAt > now
        ? `${indent}${paint.faint('until  ')} the deadline in ${formatDuration(deadlineAt - now)}; the rest is then asked in real time`
        : `${indent}${paint.faint('past   ')} the deadline: what is left is asked in real time`,
    )
  return lines
}

const shownWaits = 2
const mostWordLines = 4

/** What stands still and why, in the service's own words, and when it is tried again. */
function waitLines(
  status: RunStatus,
  {
    paint,
    columns,
    now,
    indent,
  }: { readonly paint: Paint; readonly columns: number; readonly now: number; readonly indent: string },
): readonly string[] {
  const width = columns - indent.length - 8
  const entry = (name: string, words: string, times: string): readonly string[] => {
    const wrapped = wrapWords(words, width)
    const shown =
      wrapped.length > mostWordLines
        ? [...wrapped.slice(0, mostWordLines - 1), wrapped.slice(mostWordLines - 1).join(' ')]
        : wrapped
    return [
      ...shown.map(
        (line, at) =>
          `${indent}${paint.faint((at === 0 ? name : '').padEnd(8))}${paint.warn(cutToWidth(line, width))}`,
      ),
      ...(times === '' ? [] : [`${indent}${' '.repeat(8)}${paint.faint(cutToWidth(times, width))}`]),
    ]
  }
  const { state, pauseReason, wait } = status
  const isPaused = state === 'paused' && pauseReason !== null
  const waits = waitsOf(status)
  const cause = isPaused ? waits.find((each) => each.for === wait?.for) : undefined
  return [
    ...(isPaused
      ? entry('paused', cleanLine(pauseReason), cause === undefined ? '' : waitTimes(cause, now))
      : []),
    ...waits
      .filter((each) => each !== cause)
      .slice(0, shownWaits)
      .flatMap((each) => entry('waits', waitWords(each), waitTimes(each, now))),
  ]
}

function padPainted(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - textWidth(text)))
}

function join(parts: readonly string[], between: string): string {
  return parts.filter((part) => part !== '').join(between)
}

/** When the first batch at the provider ends by itself; only worth a line in its last hours. */
function nextExpiry({ batches }: RunStatus, now: number): number | null {
  const soon = batches.filter(
    ({ state, expiresAt }) =>
      isRunning(state) && expiresAt !== null && expiresAt > now && expiresAt - now < 6 * 3_600_000,
  )
  return soon.length === 0 ? null : Math.min(...soon.map(({ expiresAt }) => expiresAt ?? Infinity))
}
