import { type ErrorCode, errorCodes } from '../domain/errors.ts'

/** How a command ends, as the shell sees it; of what failed, `errorCodes` has it. No command ends in another way. */
export const exits = {
  done: 0,
  failed: 1,
  declined: 2,
  needsAttention: 6,
  left: 7,
  hasWork: 10,
  interrupted: 130,
  terminated: 143,
} as const

/** Meanings of the exit codes, for the help and for `docs/operations.md`, which a test holds against it. */
export const exitCodes: readonly (readonly [code: number, words: string])[] = [
  [exits.done, 'done, or nothing to do'],
  [exits.failed, 'an unexpected failure'],
  [
    exits.declined,
    'usage, config, schema; a person said no, or consent is missing where nobody can be asked',
  ],
  [3, 'credentials'],
  [4, 'the provider refused (credit, quota, deployment)'],
  [5, 'the budget does not allow more; the run waits'],
  [
    exits.needsAttention,
    'finished, and some records or some money needs attention; plan, build, try: records that cannot be used',
  ],
  [exits.left, 'left before the end: --wait ran out, or what is left of a cancelled run does not answer'],
  [exits.hasWork, 'plan --check: there is work'],
  [exits.interrupted, 'Ctrl-C: detached'],
  [exits.terminated, 'SIGTERM: the same, and the process ends by that signal (129: SIGHUP)'],
]

/** The table of the documentation, with the errors that end so. */
export function exitTable(): string {
  const names = Object.keys(errorCodes).filter((name): name is ErrorCode => name in errorCodes)
  const rows = exitCodes.map(([code, words]) => {
    const errors = names.filter((name) => errorCodes[name].exit === code).map((name) => `\`${name}\``)
    return `| ${code} | ${words} | ${errors.join(', ') || '–'} |`
  })
  return ['| code | means | errors |', '| --- | --- | --- |', ...rows].join('\n')
}
