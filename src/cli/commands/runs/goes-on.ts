import { isRunning } from '../../../domain/attempt.ts'
import type { RunStatus } from '../../../engine/queries/status.ts'
import { formatCount, plural } from '../../../wording/count.ts'
import { formatMost, formatUsd } from '../../../wording/amount.ts'

/**
 * The parts of a run that continue at the provider without us, and those that do not, with the highest cost of each.
 */
export interface GoesOn {
  readonly atProvider: {
    readonly batches: number
    readonly requests: number
    readonly answered: number
    readonly atMostMicroUsd: number
  }
  readonly notSent: {
    readonly batches: number
    readonly requests: number
    /** Records that are sent again by the run and are in no batch yet. */
    readonly retrying: number
  }
  readonly sourceDone: boolean
  readonly spentMicroUsd: number
  /** What batches that have ended can have cost which are not booked yet: their answers were not read. */
  readonly unbookedMicroUsd: number
}

/** The parts of a run's status that continue at the provider, and those that do not. */
export function goesOn({ batches, retrying, sourceDone, money }: RunStatus): GoesOn {
  const running = batches.filter(
    ({ state }) => isRunning(state) || state === 'creating' || state === 'in_doubt',
  )
  const notSent = batches.filter(({ state }) =>
    ['waiting', 'reserved', 'uploading', 'uploaded'].includes(state),
  )
  const sum = <Item>(items: readonly Item[], of: (item: Item) => number): number =>
    items.reduce((total, item) => total + of(item), 0)
  return {
    atProvider: {
      batches: running.length,
      requests: sum(running, ({ requests }) => requests),
      answered: sum(running, ({ remote }) => remote.completed),
      atMostMicroUsd: sum(running, ({ reservedMicroUsd }) => reservedMicroUsd),
    },
    notSent: { batches: notSent.length, requests: sum(notSent, ({ requests }) => requests), retrying },
    sourceDone,
    spentMicroUsd: money.spentMicroUsd,
    unbookedMicroUsd: money.unbookedMicroUsd,
  }
}

/** Words for the batches that wait to be sent; none where none does. */
export function notSentWords({ batches, requests, retrying }: GoesOn['notSent']): readonly string[] {
  return [
    ...(batches === 0 ? [] : [`${plural(batches, 'batch', 'batches')} with ${plural(requests, 'request')}`]),
    ...(retrying === 0 ? [] : [`${plural(retrying, 'record')} to be sent again`]),
  ]
}

/** The same as labelled lines. */
export function goesOnLines({
  atProvider,
  notSent,
  sourceDone,
  spentMicroUsd,
  unbookedMicroUsd,
}: GoesOn): readonly (readonly [string, string])[] {
  const waiting = notSentWords(notSent)
  const unread = sourceDone ? '' : '; the rest of the source is not read'
  return [
    [
      'At the provider',
      atProvider.batches === 0
        ? 'nothing'
        : `${plural(atProvider.batches, 'batch continues', 'batches continue')}, ${formatCount(atProvider.answered)} of ${plural(atProvider.requests, 'request')} answered as last seen; answers are billed, at most ${formatMost(atProvider.atMostMicroUsd)}`,
    ],
    [
      'Not sent',
      waiting.length === 0
        ? `nothing is waiting${unread}`
        : `${waiting.join(' and ')}, which cost nothing so far${unread}`,
    ],
    [
      'Spent',
      unbookedMicroUsd === 0
        ? formatUsd(spentMicroUsd)
        : `${formatUsd(spentMicroUsd)}, and at most ${formatMost(unbookedMicroUsd)} of batches that have ended and are not booked yet`,
    ],
  ]
}
