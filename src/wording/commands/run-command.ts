import type { DeliveryMode } from '../../domain/delivery-mode.ts'
import { listedKey } from '../typed-key.ts'
import { commandLine } from './command-line.ts'
import { chosenFlags } from './selection-flags.ts'

/** Which records of a job are meant, and how they are sent. */
interface ChosenRecords {
  readonly params: Readonly<Record<string, unknown>>
  readonly limit: number | null
  readonly only: readonly string[] | null
  readonly redo: boolean
  readonly payAgain?: boolean
  readonly keep?: boolean
  readonly write?: boolean
  readonly deliveryMode?: DeliveryMode
  readonly deadlineMs?: number | null
}

/** The command that starts a run of these records: whoever clicks learns what to type. */
export function cliCommandForRun(
  job: string,
  {
    params,
    limit,
    only,
    redo,
    payAgain = false,
    keep = false,
    write = false,
    deliveryMode,
    deadlineMs,
  }: ChosenRecords,
): string {
  return commandLine('run', [job], chosenFlags, {
    params: Object.entries(params).map(([name, value]) =>
      typeof value === 'string' ? `${name}=${value}` : `${name}:=${JSON.stringify(value)}`,
    ),
    limit,
    only: only === null ? [] : [only.map(listedKey).join(',')],
    redo,
    payAgain,
    keep,
    write,
    realtime: deliveryMode === 'realtime',
    flex: deliveryMode === 'flex',
    deadline: deadlineMs ?? null,
  })
}
