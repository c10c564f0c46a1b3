import type { AccessStore } from '../../ports/store/access.ts'
import type { StoreContext } from '../database/context.ts'
import { keyStore } from './keys.ts'
import { repeatStore } from './repeats.ts'
import { sessionStore } from './sessions.ts'

/** The store of keys, sessions and idempotent calls of the server. */
export function accessStore(context: StoreContext): AccessStore {
  return { ...keyStore(context), ...sessionStore(context), ...repeatStore(context) }
}
