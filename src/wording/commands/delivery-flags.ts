import { OffpeakError } from '../../domain/errors.ts'
import type { DeliveryMode } from '../../domain/delivery-mode.ts'
import { durationFlag, yesFlag } from './flags.ts'

export const deliveryFlags = {
  realtime: yesFlag('--realtime', 'ask one by one instead of in batches: immediately, and at full price'),
  flex: yesFlag('--flex', 'ask one by one when there is room, at the price of a batch'),
} as const

export const deadlineFlag = durationFlag(
  '--deadline <duration>',
  'batches until so long after the beginning; the rest is then asked in real time',
)

interface DeliveryOptions {
  readonly realtime: boolean
  readonly flex: boolean
}

/** The delivery mode that was asked for; null: none. Throws E_USAGE for two at once. */
export function readDeliveryMode({ realtime, flex }: DeliveryOptions): Exclude<DeliveryMode, 'batch'> | null {
  if (realtime && flex)
    throw new OffpeakError('E_USAGE', '--realtime and --flex are two ways to ask the same', {
      fix: '--flex costs half and may take longer; --realtime is answered at once',
    })
  return realtime ? 'realtime' : flex ? 'flex' : null
}

/** The delivery mode and deadline as a part of a selection. Throws E_USAGE. */
export function readDeliveryChoice(options: DeliveryOptions & { readonly deadline: number | null }): {
  readonly deliveryMode?: DeliveryMode
  readonly deadlineMs?: number
} {
  const deliveryMode = readDeliveryMode(options)
  if (deliveryMode !== null && options.deadline !== null)
    throw new OffpeakError('E_USAGE', `--deadline is for batches, and --${deliveryMode} makes none`, {
      fix: 'leave one of them out',
    })
  return {
    ...(deliveryMode === null ? {} : { deliveryMode }),
    ...(options.deadline === null ? {} : { deadlineMs: options.deadline }),
  }
}
