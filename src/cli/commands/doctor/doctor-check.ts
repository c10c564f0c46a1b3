import type { ErrorCode } from '../../../domain/errors.ts'
import { isKnownNode, knownNodes } from '../../../domain/known-node.ts'
import { cleanLine } from '../../screen/clean.ts'
import { asOffpeakError } from '../../screen/failure.ts'

/** One finding. */
export interface Check {
  readonly name: string
  readonly state: 'ok' | 'warn' | 'fail'
  readonly message: string
  readonly fix: string | null
  /** Of what fails: the error that it would be. */
  readonly code: ErrorCode | null
}

export function good(name: string, words: string): Check {
  return { name, state: 'ok', message: cleanLine(words), fix: null, code: null }
}

export function warning(name: string, words: string, fix: string | null = null): Check {
  return { name, state: 'warn', message: cleanLine(words), fix, code: null }
}

/** A thrown value, as a finding. */
export function failedCheck(name: string, thrown: unknown): Check {
  const { message, where, fix, code } = asOffpeakError(thrown)
  return {
    name,
    state: 'fail',
    message: cleanLine(where === null ? message : `${message} (${where})`),
    fix: fix === null ? null : cleanLine(fix),
    code,
  }
}

export function nodeCheck(version: string): Check {
  if (isKnownNode(version)) return good('node', version)
  return {
    name: 'node',
    state: 'fail',
    message: `${version} is too old`,
    fix: `install ${knownNodes}`,
    code: 'E_ENV',
  }
}
