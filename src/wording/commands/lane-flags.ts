import { OffpeakError } from '../../domain/errors.ts'
import type { Lane } from '../../domain/lane.ts'
import { durationFlag, yesFlag } from './flags.ts'

export const laneFlags = {
  realtime: yesFlag('--realtime', 'ask one by one instead of in batches: immediately, and at full price'),
  flex: yesFlag('--flex', 'ask one by one when there is room, at the price of a batch'),
} as const

export const deadlineFlag = durationFlag(
  '--deadline <duration>',
  'batches until so long after the beginning; the rest is then asked in real time',
)

interface LaneOptions {
  readonly realtime: boolean
  readonly flex: boolean
}

/** The lane that was asked for; null: none. Throws E_USAGE for two at once. */
export function readLane({ realtime, flex }: LaneOptions): Exclude<Lane, 'batch'> | null {
  if (realtime && flex)
    throw new OffpeakError('E_USAGE', '--realtime and --flex are two ways to ask the same', {
      fix: '--flex costs half and may take longer; --realtime is answered at once',
    })
  return realtime ? 'realtime' : flex ? 'flex' : null
}

/** Lane and deadline as a part of a selection. Throws E_USAGE. */
export function readLaneChoice(options: LaneOptions & { readonly deadline: number | null }): {
  readonly lane?: Lane
  readonly deadlineMs?: number
} {
  const lane = readLane(options)
  if (lane !== null && options.deadline !== null)
    throw new OffpeakError('E_USAGE', `--deadline is for batches, and --${lane} makes none`, {
      fix: 'leave one of them out',
    })
  return {
    ...(lane === null ? {} : { lane }),
    ...(options.deadline === null ? {} : { deadlineMs: options.deadline }),
  }
}
