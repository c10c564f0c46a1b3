import { type WaitKind, type WaitRule, waits as rules } from '../../domain/wait.ts'
import type { RunStatus, WaitStatus } from '../../engine/queries/status.ts'
import { cleanLine } from './clean.ts'
import { formatCount, formatLarge } from '../../wording/count.ts'
import { formatDuration } from '../../wording/duration.ts'
import { formatUtc } from './format.ts'

/** One reason for which a run, or some of its batches, stand still. */
export interface ShownWait extends WaitStatus {
  /** How many batches; null: the run as a whole. */
  readonly batches: number | null
}

/**
 * Every reason for which something of a run stands still: that of the run first, then what is wrong before what is only
 * full, and that of the most batches first.
 */
export function waitsOf({ wait, batches }: Pick<RunStatus, 'wait' | 'batches'>): readonly ShownWait[] {
  const waiting = batches.flatMap((batch) => (batch.wait === null ? [] : [batch.wait]))
  const kinds = [...Map.groupBy(waiting, (each) => each.for).values()]
    .map(summed)
    .toSorted(
      (one, other) =>
        Number(isTrouble(other.for)) - Number(isTrouble(one.for)) ||
        (other.batches ?? 0) - (one.batches ?? 0),
    )
  // A run that is paused for it repeats the reason of its batches, which know more.
  return wait === null || (wait.message === '' && kinds.some((each) => each.for === wait.for))
    ? kinds
    : [{ ...wait, batches: null }, ...kinds]
}

function summed(waits: readonly WaitStatus[]): ShownWait {
  const [first] = waits
  if (first === undefined) throw new RangeError('no wait')
  const times = waits.map(({ nextAt }) => nextAt)
  const tries = Math.max(...waits.map((each) => each.tries))
  return {
    ...first,
    // Those of the one that knows it for longest.
    message: waits.find((each) => each.tries === tries)?.message ?? first.message,
    since: Math.min(...waits.map(({ since }) => since)),
    tries,
    nextAt: times.some((time) => time === null) ? null : Math.min(...times.map((time) => time ?? Infinity)),
    batches: waits.length,
  }
}

/** `3 batches: the provider cannot be reached: connect ECONNREFUSED …`, for a line of any length. */
export function waitWords({ for: kind, batches, label, message: words }: ShownWait): string {
  const who = batches === null || batches === 1 ? '' : `${formatCount(batches)} batches: `
  const said = cleanLine(words)
  // Ours, and not a service's, in which a number may be a port or an id.
  const read = isTrouble(kind)
    ? said
    : said.replaceAll(/\b\d{5,}\b/g, (digits) => formatLarge(Number(digits)))
  return `${who}${label}${read === '' ? '' : `: ${read}`}`
}

/** `for 4 m 2 s, tried 6 times, next try in 40 s`. */
export function waitTimes({ for: kind, since, tries, nextAt }: WaitStatus, now: number): string {
  return [
    since > 0 ? `for ${formatDuration(now - since)}` : '',
    !isTrouble(kind) || tries < 2 ? '' : `tried ${formatCount(tries)} times`,
    nextAt === null
      ? 'trying now'
      : Math.abs(now - nextAt) < aMomentMs
        ? 'next try now'
        : nextAt > now
          ? `next try in ${formatDuration(nextAt - now)}`
          : `the next try has been due for ${formatDuration(now - nextAt)}`,
  ]
    .filter(Boolean)
    .join(', ')
}

/** Neither early nor late. */
const aMomentMs = 2_000

/** The fields of a log line: ` wait=network batches=3 tries=3 since=… next=… message="…"`; empty when nothing waits. */
export function waitFields(status: RunStatus): string {
  const [wait, ...others] = waitsOf(status)
  const { pauseKind, pauseReason, jobChange } = status
  const changed = jobChange === null ? '' : ` job-changed=${formatUtc(jobChange.changedAt)}`
  const pause = `${changed}${status.state === 'paused' ? ` pause=${pauseKind ?? 'job'} reason=${quoted(pauseReason ?? '')}` : ''}`
  if (wait === undefined) return pause
  const { for: kind, batches, tries, since, nextAt, message: words } = wait
  return `${pause} wait=${kind}${batches === null ? '' : ` batches=${batches}`} tries=${tries} since=${formatUtc(since)} next=${nextAt === null ? 'now' : formatUtc(nextAt)} message=${quoted(words)}${others.length === 0 ? '' : ` others=${others.map((each) => each.for).join(',')}`}`
}

function quoted(words: string): string {
  return JSON.stringify(cleanLine(words))
}

/**
 * The parts of the waits that are news: the kinds, and the words without ids, times and counts, which differ from try
 * to try.
 */
export function waitState(status: RunStatus): string {
  return waitsOf(status)
    .map(
      ({ for: kind, message: words }) => `${kind} ${words.replaceAll(/\b(?![45]\d\d\b)(?=\w*\d)\w+/g, '#')}`,
    )
    .toSorted()
    .join(' ')
}

/** Whether something is wrong, and not only full or not paid for. */
export function isTrouble(kind: WaitKind): boolean {
  const rule: WaitRule = rules[kind]
  return rule.bound !== null
}
