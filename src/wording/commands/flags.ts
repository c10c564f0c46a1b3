import { OffpeakError } from '../../domain/errors.ts'
import { parseUsd } from '../amount.ts'
import { parseDuration } from '../../domain/duration.ts'

/** One option of a command: how it is written, what it is for, and what its texts mean. */
export interface Flag<Value> {
  /** As in help: `-p, --param <k=v>`. */
  readonly syntax: string
  readonly summary: string
  /** May be given several times. */
  readonly repeat: boolean
  /** The only values that it takes, when they are few. */
  readonly choices?: readonly string[]
  /** What was given (true: the option without a value; empty: nothing) as a value. Throws E_USAGE. */
  readonly read: (given: readonly (string | true)[]) => Value
  /** The words that `read` takes for this value, in front of which nothing is quoted; none for what is not given. */
  typed(value: Value): readonly string[]
}

type One = string | true | undefined

function single<Value>(
  syntax: string,
  summary: string,
  read: (given: One) => Value,
  typed: (value: Value) => readonly string[],
): Flag<Value> {
  return { syntax, summary, repeat: false, read: (given) => read(given.at(-1)), typed }
}

function valued<Value>(
  syntax: string,
  summary: string,
  read: (text: string) => Value,
  write: (value: Value) => string,
): Flag<Value | null> {
  return single(
    syntax,
    summary,
    (given) => (typeof given === 'string' ? read(given) : null),
    (value) => (value === null ? [] : [shortest(syntax), write(value)]),
  )
}

/** An option as it is typed: `-p` of `-p, --param <k=v>`. */
function shortest(syntax: string): string {
  return /^--?[\w-]+/.exec(syntax)?.[0] ?? syntax
}

function refuse(syntax: string, text: string, wanted: string, example: string): never {
  const long = /--[\w-]+/.exec(syntax)?.[0] ?? syntax
  throw new OffpeakError('E_USAGE', `${long} takes ${wanted}, not "${text}"`, {
    fix: `for example ${long} ${example}`,
  })
}

/** Given or not. */
export function yesFlag(syntax: string, summary: string): Flag<boolean> {
  return single(
    syntax,
    summary,
    (given) => given !== undefined,
    (value) => (value ? [/--[\w-]+/.exec(syntax)?.[0] ?? syntax] : []),
  )
}

export function textFlag(syntax: string, summary: string): Flag<string | null> {
  return valued(
    syntax,
    summary,
    (text) => text,
    (text) => text,
  )
}

/** Several texts, each time the option is given one more. */
export function textsFlag(syntax: string, summary: string): Flag<readonly string[]> {
  return {
    syntax,
    summary,
    repeat: true,
    read: (given) => given.filter((text) => text !== true),
    typed: (texts) => texts.flatMap((text) => [shortest(syntax), text]),
  }
}

/** With or without a value: `--redo`, `--redo all`. */
export function optionalFlag<Value>(
  syntax: string,
  summary: string,
  read: (given: One) => Value,
  typed: (value: Value) => readonly string[],
): Flag<Value> {
  return single(syntax, summary, read, typed)
}

/** A whole number of at least `min`. */
export function countFlag(syntax: string, summary: string, min: number = 1): Flag<number | null> {
  return valued(
    syntax,
    summary,
    (text) => {
      const count = Number(text.replaceAll(/[_,]/g, ''))
      return Number.isSafeInteger(count) && count >= min
        ? count
        : refuse(syntax, text, `a whole number of at least ${min}`, String(Math.max(min, 10)))
    },
    String,
  )
}

/** A flag for a number within bounds, such as a share or a speed. */
export function numberFlag(
  syntax: string,
  summary: string,
  bounds: { readonly min: number; readonly max: number; readonly example: string },
): Flag<number | null> {
  return valued(
    syntax,
    summary,
    (text) => {
      const number = text.trim() === '' ? Number.NaN : Number(text.replace(/x$/, ''))
      return number >= bounds.min && number <= bounds.max
        ? number
        : refuse(syntax, text, `a number from ${bounds.min} to ${bounds.max}`, bounds.example)
    },
    String,
  )
}

/** A flag for an amount in dollars, read as micro-dollars. */
export function amountFlag(syntax: string, summary: string): Flag<number | null> {
  return valued(
    syntax,
    summary,
    (text) => parseUsd(text) ?? refuse(syntax, text, 'an amount of dollars', "'$90'"),
    (microUsd) => `$${(microUsd / 1e6).toFixed(6).replace(/\.?0+$/, '')}`,
  )
}

/** A duration such as `6h`, in milliseconds. */
export function durationFlag(syntax: string, summary: string): Flag<number | null> {
  return valued(
    syntax,
    summary,
    (text) => {
      const durationMs = parseDuration(text) ?? 0
      return durationMs > 0 ? durationMs : refuse(syntax, text, 'a duration', '6h (or 90s, 30m, 2d)')
    },
    typedDuration,
  )
}

/** One of a few words. */
export function choiceFlag<const Choice extends string>(
  syntax: string,
  summary: string,
  choices: readonly Choice[],
): Flag<Choice | null> {
  const flag = valued(
    syntax,
    summary,
    (text) =>
      choices.find((choice) => choice === text) ??
      refuse(syntax, text, `one of ${choices.join(', ')}`, choices[0] ?? ''),
    (choice) => choice,
  )
  return { ...flag, choices }
}

/** In the largest unit that it is a whole number of. */
function typedDuration(durationMs: number): string {
  const units = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000 }
  const found = Object.entries(units).find(([, unitMs]) => durationMs % unitMs === 0)
  return found ? `${durationMs / found[1]}${found[0]}` : `${durationMs}ms`
}
