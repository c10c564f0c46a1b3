import { messageOf, OffpeakError } from '../../domain/errors.ts'
import { cleanText } from './clean.ts'
import type { Globals } from '../command.ts'
import { capital } from '../../wording/capital.ts'
import { formatUtc } from './format.ts'
import type { Io } from '../io.ts'
import { type Paint, paintFor } from './paint.ts'
import { textWidth } from './text-width.ts'
import { fitLines } from './wrap.ts'
import { asDiskFailure } from '../../domain/disk-fault.ts'
import { typedCommands } from '../../wording/typed-commands.ts'
import { asUserFailure } from '../../domain/user-code.ts'

const moneyWords = {
  no: 'Nothing was sent.',
  yes: 'Money has moved: `offpeak status` shows what was sent.',
  unknown: 'Money may have moved: `offpeak status` shows what was sent.',
} as const

/** Where the state cannot be read, nothing else can be asked what was sent. */
const unreadableWords = 'What was sent before is known from the notes next to the state, and continues.'

/** A thrown value as one of our errors; what we did not foresee is a bug. */
export function asOffpeakError(thrown: unknown): OffpeakError {
  if (thrown instanceof OffpeakError) return thrown
  const ofDisk = asDiskFailure(thrown)
  if (ofDisk) return ofDisk
  const ofUser = asUserFailure(thrown)
  if (ofUser) return ofUser
  return new OffpeakError('E_BUG', messageOf(thrown), {
    fix: 'run it again with -v to see where; please report it',
    money: 'unknown',
    cause: thrown,
  })
}

export interface FailureOptions {
  readonly paint: Paint
  readonly columns: number
  readonly verbose: boolean
  /** Says about money what the error alone cannot know; null: what the error says. */
  readonly money: string | null
  /** What people type for the next command; `offpeak` when left out. */
  readonly launcher?: string
  /** The options that say which project the next command is for; none when left out. */
  readonly options?: string
}

/** Four lines on a failure for a terminal: what went wrong, where, how it is fixed and whether money moved. */
export function failureLines(
  error: OffpeakError,
  { paint, columns, verbose, money, launcher = 'offpeak', options = '' }: FailureOptions,
): readonly string[] {
  const width = Math.min(columns, 100)
  const [first = '', ...more] = cleanText(error.message).split('\n')
  const head = `x ${capital(first)}`
  const where = error.where === null ? '' : cleanText(error.where)
  const lines = [
    ...withRight(paint.bad('x') + paint.strong(head.slice(1)), textWidth(head), where, width, 'Where'),
  ]
  lines.push(...more.map((line) => `  ${line}`))
  if (error.fix !== null) {
    const [fix = '', ...rest] = typedCommands(cleanText(error.fix), launcher, options).split('\n')
    lines.push(`  Fix     ${fix}`, ...rest.map((line) => `          ${line}`))
  }
  const moved = error.code === 'E_STATE_CORRUPT' ? unreadableWords : moneyWords[error.money]
  const words = `  ${typedCommands(money ?? moved, launcher, options)}`
  const code = `${error.code}, exit ${error.exitCode}`
  const gap = width - textWidth(words) - code.length
  lines.push(gap >= 2 ? `${words}${' '.repeat(gap)}${paint.faint(code)}` : `${words}\n  ${paint.faint(code)}`)
  if (verbose) lines.push(...stackOf(error).map((line) => paint.faint(`  ${line}`)))
  return lines
}

function withRight(
  painted: string,
  width: number,
  right: string,
  columns: number,
  label: string,
): readonly string[] {
  if (right === '') return [painted]
  const gap = columns - width - textWidth(right)
  return gap >= 2 ? [`${painted}${' '.repeat(gap)}${right}`] : [painted, `  ${label.padEnd(8)}${right}`]
}

function stackOf(error: Error): readonly string[] {
  const own = cleanText(error.stack ?? '')
    .split('\n')
    .slice(1)
  const { cause } = error
  return cause instanceof Error
    ? [...own, `caused by ${cleanText(cause.stack ?? cause.message)}`.split('\n')].flat()
    : own
}

/** The same for programs. */
export function failureJson(
  error: OffpeakError,
  money: string | null,
  launcher: string = 'offpeak',
  typedOptions: string = '',
): { readonly schema: string } & Readonly<Record<string, unknown>> {
  const { code, message, where, fix, exitCode } = error
  return {
    schema: 'offpeak.error/2',
    code,
    message,
    where,
    fix: fix === null ? null : typedCommands(fix, launcher, typedOptions),
    money: money === null ? error.money : 'yes',
    note: typedCommands(money ?? moneyWords[error.money], launcher, typedOptions),
    exit: exitCode,
  }
}

/** The exit code of a failure that was printed as the caller wants it, whatever `--quiet` says. */
export function printFailure(
  io: Pick<Io, 'stdout' | 'stderr' | 'now' | 'launcher'>,
  thrown: unknown,
  options: Omit<FailureOptions, 'paint' | 'columns' | 'launcher'> & {
    readonly json: boolean
    readonly color: boolean
    readonly logFormat?: Globals['logFormat']
  },
): number {
  const error = asOffpeakError(thrown)
  const { json, color, verbose, money, logFormat, options: typedOptions } = options
  if (json) io.stdout.write(`${JSON.stringify(failureJson(error, money, io.launcher, typedOptions))}\n`)
  else if (logFormat === 'json')
    io.stderr.write(
      `${JSON.stringify({ at: formatUtc(io.now()), level: 'error', ...failureJson(error, money, io.launcher, typedOptions) })}\n`,
    )
  else {
    const columns = io.stderr.columns()
    const text = failureLines(error, {
      paint: paintFor(io.stderr.color && color),
      columns,
      verbose,
      money,
      launcher: io.launcher ?? 'offpeak',
      ...(typedOptions === undefined ? {} : { options: typedOptions }),
    }).join('\n')
    io.stderr.write(`${io.stderr.isTty ? fitLines(text, columns) : text}\n`)
  }
  return error.exitCode
}
