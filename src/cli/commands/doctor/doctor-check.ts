import type { ErrorCode } from '../../../domain/errors.ts'
import { cleanLine } from '../../screen/clean.ts'
import { asOffpeakError } from '../../screen/failure.ts'

/** One finding. */
export interface Check {
  readonly name: string
  readonly state: 'ok' | 'warn' | 'fail'
  readonly words: string
  readonly fix: string | null
  /** Of what fails: the error that it would be. */
  readonly code: ErrorCode | null
}

export function good(name: string, words: string): Check {
  return { name, state: 'ok', words: cleanLine(words), fix: null, code: null }
}

export function warning(name: string, words: string, fix: string | null = null): Check {
  return { name, state: 'warn', words: cleanLine(words), fix, code: null }
}

/** Whatever was thrown, as a finding. */
export function failedCheck(name: string, thrown: unknown): Check {
  const { message, where, fix, code } = asOffpeakError(thrown)
  return {
    name,
    state: 'fail',
    words: cleanLine(where === null ? message : `${message} (${where})`),
    fix: fix === null ? null : cleanLine(fix),
    code,
  }
}

/** First with the WAL fix of SQLite and without a warning about `node:sqlite`. */
const oldestNode = [24, 15] as const

export function nodeCheck(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [wantedMajor, wantedMinor] = oldestNode
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return good('node', version)
  return {
    name: 'node',
    state: 'fail',
    words: `${version} is too old`,
    fix: `install Node ${oldestNode.join('.')} or newer`,
    code: 'E_ENV',
  }
}
