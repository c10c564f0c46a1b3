import { OffpeakError } from '../domain/errors.ts'

/** Loads an optional package, or fails with E_PEER_MISSING naming it and how to install it. */
export async function importPeer<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (cause) {
    throw new OffpeakError('E_PEER_MISSING', `The package ${name} is needed here and could not be loaded`, {
      fix: `npm install ${name}`,
      cause,
    })
  }
}
