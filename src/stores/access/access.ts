import type { AccessStore } from '../../ports/store/access.ts'
import type { StoreContext } from '../database/context.ts'
import { keyStore } from './keys.ts'
import { repeatStore } from './repeats.ts'
import { sessionStore } from './sessions.ts'

/** Who may call the server, and which of their calls it has answered. */
export function accessStore(context: StoreContext): AccessStore {
  return { ...keyStore(context), ...sessionStore(context), ...repeatStore(context) }
}
