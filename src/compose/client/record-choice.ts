import { OffpeakError } from '../../domain/errors.ts'
import type { DeliveryMode } from '../../domain/delivery-mode.ts'
import { parseDuration } from '../../domain/duration.ts'
import { parseUsd } from '../../wording/amount.ts'
import type { Selection } from '../selection.ts'

/** Which records of a job are meant, and how they are asked. */
export interface RecordChoice<Params = Readonly<Record<string, unknown>>> {
  /** Parameters of the job; its defaults for those left out. */
  readonly params?: Partial<Params>
  /** At most so many requests; what is done is passed over. */
  readonly limit?: number
  /** Only these keys, of composite ones the parts with slashes between them. */
  readonly only?: readonly string[]
  /** Also records that nothing has changed about. */
  readonly redo?: boolean
  /** Also what earlier runs have asked in vain, or may have paid for. */
  readonly payAgain?: boolean
  /** What was done before stays done, although its request has changed. */
  readonly keep?: boolean
  /** In batches, when left out. */
  readonly deliveryMode?: DeliveryMode
  /** Batches until so long after the beginning (`20h`); the rest is then asked in real time. */
  readonly deadline?: string
  /** Where the embedded emulator answers: its answers go where the job says, and not next to its own state. */
  readonly write?: boolean
}

/** A choice as planning takes it. Throws E_USAGE. */
export function selectionOf({
  params = {},
  limit,
  only,
  redo = false,
  payAgain = false,
  keep = false,
  deliveryMode,
  deadline,
  write,
}: RecordChoice<object>): Selection {
  if (deadline !== undefined && deliveryMode !== undefined && deliveryMode !== 'batch')
    throw new OffpeakError(
      'E_USAGE',
      `\`deadline\` is for batches, and the delivery mode ${deliveryMode} makes none`,
      {
        fix: 'leave one of them out',
      },
    )
  return {
    params: { ...params },
    limit: limit ?? null,
    only: only ?? null,
    redo,
    payAgain,
    keep,
    ...(deliveryMode === undefined ? {} : { deliveryMode }),
    ...(deadline === undefined ? {} : { deadlineMs: durationOf(deadline) }),
    ...(write === undefined ? {} : { write }),
  }
}

/** An amount of dollars in micro-dollars; null: none was named. Throws E_USAGE. */
export function amountOf(text: string | undefined): number | null {
  if (text === undefined) return null
  const amount = parseUsd(text)
  if (amount !== null && Number.isSafeInteger(amount)) return amount
  throw new OffpeakError('E_USAGE', `${JSON.stringify(text)} is not an amount of dollars`, {
    fix: "maxCost: '$90'",
  })
}

function durationOf(text: string): number {
  const lengthMs = parseDuration(text) ?? 0
  if (lengthMs > 0 && Number.isSafeInteger(lengthMs)) return lengthMs
  throw new OffpeakError('E_USAGE', `${JSON.stringify(text)} is not a duration`, { fix: "deadline: '20h'" })
}
