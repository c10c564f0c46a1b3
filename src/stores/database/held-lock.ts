import { OffpeakError } from '../../domain/errors.ts'

/** The error of a lock that was waited for to the end of a call's patience, with who holds it; null: nobody knows. */
export function heldBy(error: OffpeakError, holder: string | null): OffpeakError {
  if (holder === null || error.code !== 'E_DATABASE_BUSY') return error
  const { code, message, where, fix, money, cause } = error
  return new OffpeakError(code, `${message}; ${holder} holds the lock`, {
    ...(where === null ? {} : { where }),
    ...(fix === null ? {} : { fix }),
    money,
    cause,
  })
}
