import type { RunStatus } from '../../../src/server/contract/run.ts'
import { formatCount, formatLarge } from '../../../src/wording/count.ts'
import { formatDuration } from '../../../src/wording/duration.ts'
import type { Shape } from '../design/shape.tsx'
import type { Tone } from './tone.ts'

type Wait = NonNullable<RunStatus['wait']>

/** One reason for which a run, or some of its batches, stand still. */
export interface ShownWait extends Wait {
  /** How many batches; null: the run as a whole. */
  readonly batches: number | null
}

/** Nothing is wrong where only room or money is waited for. */
export const waitsAtRest: readonly Wait['for'][] = ['budget', 'tokens', 'batches']

export function isTrouble({ for: kind }: Pick<Wait, 'for'>): boolean {
  return !waitsAtRest.includes(kind)
}

/** How a wait is drawn: a shape that reads without colour. */
export function waitMark(wait: Pick<Wait, 'for'>): { readonly shape: Shape; readonly tone: Tone } {
  return isTrouble(wait) ? { shape: 'warn', tone: 'warn' } : { shape: 'clock', tone: 'faint' }
}

/** Every reason for which something stands still: that of the run first, then what is wrong, then what is only full. */
export function waitsOf({ wait, batches }: Pick<RunStatus, 'wait' | 'batches'>): readonly ShownWait[] {
  const waiting = batches.flatMap((batch) => (batch.wait === null ? [] : [batch.wait]))
  const kinds = [...Map.groupBy(waiting, (each) => each.for).values()]
    .flatMap(summed)
    .toSorted(
      (one, other) =>
        Number(isTrouble(other)) - Number(isTrouble(one)) || (other.batches ?? 0) - (one.batches ?? 0),
    )
  // A run that is paused for it repeats the reason of its batches, which know more.
  return wait === null || (wait.message === '' && kinds.some((each) => each.for === wait.for))
    ? kinds
    : [{ ...wait, batches: null }, ...kinds]
}

function summed(waits: readonly Wait[]): readonly ShownWait[] {
  const longest = waits.toSorted((one, other) => other.tries - one.tries)[0]
  if (longest === undefined) return []
  const times = waits.map(({ nextAt }) => nextAt)
  return [
    {
      ...longest,
      since: Math.min(...waits.map(({ since }) => since)),
      nextAt: times.includes(null) ? null : Math.min(...times.map((time) => time ?? Infinity)),
      batches: waits.length,
    },
  ]
}

/** `3 batches wait: the provider cannot be reached`. */
export function waitTitle({ batches, label }: ShownWait): string {
  return `${batches === null ? 'The run waits' : batches === 1 ? '1 batch waits' : `${formatCount(batches)} batches wait`}: ${label}`
}

/** `for 4 m 2 s, tried 6 times, next try in 40 s`. */
export function waitTimes(wait: Wait, now: number): string {
  const { since, tries, nextAt } = wait
  return [
    since > 0 ? `for ${formatDuration(now - since)}` : '',
    !isTrouble(wait) || tries < 2 ? '' : `tried ${formatCount(tries)} times`,
    nextAt === null || nextAt <= now ? 'trying now' : `next try in ${formatDuration(nextAt - now)}`,
  ]
    .filter((part) => part !== '')
    .join(', ')
}

/** The service's own words as they are; in ours, large numbers as one reads them. */
export function waitWords(wait: Pick<Wait, 'for' | 'message'>): string {
  return isTrouble(wait)
    ? wait.message
    : wait.message.replaceAll(/\b\d{5,}\b/g, (digits) => formatLarge(Number(digits)))
}
