import { typedLane } from '../cli/commands/lane-flags.ts'
import { shellWord } from '../domain/shell-word.ts'
import type { RetryChoice } from '../engine/control.ts'
import type { Selection } from '../offpeak.ts'

/** The same on the command line, so that whoever clicks learns what to type. */

export function typedRun(
  job: string,
  { params, limit, only, redo, payAgain, keep, lane, deadlineMs }: Selection,
): string {
  return [
    `offpeak run ${job}`,
    ...Object.entries(params).flatMap(([name, value]) => [
      '-p',
      shellWord(typeof value === 'string' ? `${name}=${value}` : `${name}:=${JSON.stringify(value)}`),
    ]),
    ...(limit === null ? [] : ['--limit', String(limit)]),
    ...(only === null ? [] : ['--only', shellWord(only.join(','))]),
    ...(redo ? ['--redo'] : []),
    ...(payAgain === true ? ['--pay-again'] : []),
    ...(keep === true ? ['--keep'] : []),
    ...typedLane({ ...(lane === undefined ? {} : { lane }), ...(deadlineMs == null ? {} : { deadlineMs }) }),
  ].join(' ')
}

export function typedRetry(run: string, { outcomes, reason, keys, lane = null }: RetryChoice): string {
  return [
    `offpeak retry ${run}`,
    ...(outcomes === null ? [] : ['--status', outcomes.join(',')]),
    ...(reason === null ? [] : ['--error', shellWord(reason)]),
    ...(keys === null ? [] : ['--only', shellWord(keys.join(','))]),
    ...(lane === null ? [] : [`--${lane}`]),
  ].join(' ')
}
