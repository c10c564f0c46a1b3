import type { Provider } from '../../ports/provider/provider.ts'
import { type AccountRoom, accountsWithRoom, roomShortage } from '../../planning/waiting/choose-account.ts'
import type { Shortage } from '../../ports/store/ledger.ts'
import type { Flow } from '../flow.ts'
import type { PreparedJob } from '../job/prepare.ts'
import { quotaKeyOf } from '../job/quota-key.ts'
import type { RunSpec } from '../spec.ts'

/** An account that a batch may go to, with the room that it has as the state knows. */
export interface Place extends AccountRoom {
  readonly provider: Provider
  readonly quotaKey: string
}

/** The accounts of a job. What is asked one by one goes to the first alone. */
export async function placesOf(
  { store }: Pick<Flow, 'store'>,
  spec: RunSpec,
  { accounts, provider }: Pick<PreparedJob, 'accounts' | 'provider'>,
): Promise<readonly Place[]> {
  const places: Place[] = []
  for (const each of spec.deliveryMode === 'batch' ? accounts : [provider]) {
    const quotaKey = quotaKeyOf(spec, each)
    const quota = await store.quota(quotaKey)
    places.push({
      provider: each,
      quotaKey,
      limitTokens: quota?.limitTokens ?? null,
      usedTokens: quota?.usedTokens ?? 0,
      maxBatches: each.limits.maxBatches ?? null,
      // Of one account alone this is asked where it is let in.
      usedBatches: accounts.length > 1 ? await store.batchesAtWork(each.account) : 0,
      notBefore: quota?.notBefore ?? 0,
    })
  }
  return places
}

/** The places to try, the best first; or what is short of them all. One place alone is always tried. */
export function placesFor(
  places: readonly Place[],
  tokens: number,
  now: number,
): readonly Place[] | Shortage {
  if (places.length === 1) return places
  const order = accountsWithRoom(places, tokens, now)
  const found = order.flatMap((at) => places[at] ?? [])
  const short = found.length > 0 ? null : roomShortage(places, tokens)
  return short === null
    ? found
    : { short: short.short, key: places[short.at]?.quotaKey ?? '', limit: short.limit, used: short.used }
}
