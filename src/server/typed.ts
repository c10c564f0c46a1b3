import { commandLine } from '../cli/command-line.ts'
import { laneFlags } from '../cli/commands/lane-flags.ts'
import { chosenFlags } from '../cli/commands/run-options.ts'
import { retryFlags } from '../cli/commands/retry-flags.ts'
import { listedKey } from '../domain/record-key.ts'
import type { RescueChoice } from '../engine/control/rescue.ts'
import type { Selection } from '../offpeak.ts'

/** The same on the command line, so that whoever clicks learns what to type. */

export function typedRun(
  job: string,
  { params, limit, only, redo, payAgain = false, keep = false, write = false, lane, deadlineMs }: Selection,
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
    realtime: lane === 'realtime',
    flex: lane === 'flex',
    deadline: deadlineMs ?? null,
  })
}

export function typedRetry(
  run: string,
  { outcomes, reason, keys, lane = null, model, maxTokens }: RescueChoice,
  today: boolean | null,
): string {
  return commandLine(
    'retry',
    [run],
    { ...retryFlags, ...laneFlags },
    {
      status: outcomes === null ? [] : [outcomes.join(',')],
      error: reason,
      only: keys === null ? [] : [keys.map(listedKey).join(',')],
      today: today === true,
      asSent: today === false,
      maxTokens,
      model,
      realtime: lane === 'realtime',
      flex: lane === 'flex',
    },
  )
}
