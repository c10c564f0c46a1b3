import type { RequestStore } from '../../ports/store/requests.ts'
import type { StoreContext } from '../database/context.ts'
import { buildStore } from './building.ts'
import { requestQueryStore } from './request-queries.ts'
import { trialStore } from './trials.ts'
import { tryStore } from './try-store.ts'

/** Requests: how they are built into files, found, and sent again. */
export function requestStore(context: StoreContext): RequestStore {
  return {
    ...buildStore(context),
    ...trialStore(context),
    ...requestQueryStore(context),
    ...tryStore(context),
  }
}
