import { OffpeakError } from '../../domain/errors.ts'
import { databaseFault, NoConnection } from '../../planning/addresses/database-fault.ts'
import type { SchemaVersion } from '../schema/version.ts'
import type { Dialect } from './json-rows.ts'
import { isFileFailure } from './sqlite.ts'
import type { Traces } from './traces.ts'

/**
 * The same methods, each called through `pass` with its name, which may call it again. A lost connection becomes
 * E_DATABASE there, and a lock that was not to be had E_DATABASE_BUSY, which drivers and screens wait out.
 */
export function around<Part extends object>(
  part: Part,
  pass: (act: () => Promise<unknown>, name: string) => Promise<unknown>,
): Part {
  return new Proxy(part, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name)
      if (typeof method !== 'function') return method
      return (...parameters: unknown[]): Promise<unknown> =>
        pass(async () => Reflect.apply(method, target, parameters), String(name))
    },
  })
}

/** A connection that was lost under a write: it may have been done. */
function inDoubt(error: OffpeakError): OffpeakError {
  return error.with({
    message: `${error.message}; whether what was being written is there is not known`,
    fix: 'look how it stands (`offpeak status`) before it is done again; a run that was started is resumed by the same command',
  })
}

/** The state in which a call has failed. */
export interface Failed {
  readonly dialect: Dialect
  readonly traces: Traces
  readonly version: SchemaVersion
  /** The failure of the database as an error for people. */
  readonly named: (thrown: unknown) => OffpeakError
}

/** The failure of a call, as an error for people where it is about the state; anything else as it is. */
export async function nameFailure(
  thrown: unknown,
  { dialect, named, traces, version }: Failed,
): Promise<unknown> {
  if (thrown instanceof OffpeakError) return thrown
  if (thrown instanceof NoConnection) return named(thrown)
  if (databaseFault(thrown) === 'lost' && !traces.leftNothing(thrown)) return inDoubt(named(thrown))
  if (databaseFault(thrown) !== null || (dialect === 'sqlite' && isFileFailure(thrown))) return named(thrown)
  // A statement that the state does not understand any more: what was sent before it is not known here.
  return (await version.failure('unknown').catch(() => null)) ?? thrown
}
