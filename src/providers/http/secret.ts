import { createHash } from 'node:crypto'
import { inspect } from 'node:util'
import { OffpeakError } from '../../domain/errors.ts'

const shown = '[redacted]'

/** A key that cannot be printed by accident: only `reveal()` gives it, everything else shows `[redacted]`. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  reveal(): string {
    return this.#value
  }

  /** The first 12 hex digits of its SHA-256: enough to tell two keys apart, useless to anybody else. */
  digest(): string {
    return createHash('sha256').update(this.#value).digest('hex').slice(0, 12)
  }

  toString(): string {
    return shown
  }

  toJSON(): string {
    return shown
  }

  [inspect.custom](): string {
    return shown
  }
}

/**
 * A key as it comes from an environment or a file, without the line break that often clings to it.
 *
 * Throws E_CREDENTIALS when it is empty or cannot be sent in a header; the message does not hold it.
 */
export function secretKey(key: string | Secret, where: string): Secret {
  const value = (typeof key === 'string' ? key : key.reveal()).trim()
  if (value === '')
    throw new OffpeakError('E_CREDENTIALS', 'the API key is empty', { where, fix: 'set the key' })
  if (!/^[\x21-\x7e]+$/.test(value)) {
    throw new OffpeakError(
      'E_CREDENTIALS',
      'the API key holds characters that no key has (spaces, line breaks, quotes from a word processor)',
      {
        where,
        fix: 'copy the key again, without anything around it',
      },
    )
  }
  return new Secret(value)
}
