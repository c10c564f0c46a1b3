import type { RemoteBatch } from '../../ports/provider/batch-service.ts'
import type { Provider } from '../../ports/provider/provider.ts'
import type { Reply } from '../../ports/provider/reply.ts'
import { endingIn } from '../../domain/attempt.ts'
import type { Flow } from '../flow.ts'

/** From so many batches of one account on, a list tells of them in fewer calls than they would be asked for. */
const worthListing = 10
/** A page of a list has about so many, whoever's they are (OpenAI, API reference, List batches). */
const pageSize = 100

/** The batches of one account that this process asks after. */
interface Watched {
  /** When each was asked for last, and when it was made. */
  readonly asked: Map<string, { readonly at: number; readonly madeAt: number }>
  shown: ReadonlyMap<string, RemoteBatch>
  shownAt: number
  /** How many pages the last list took; 0: none was walked. */
  pages: number
  listing: Promise<void> | null
}

type Clocked = Pick<Flow, 'timings' | 'clock'>

const watchedBy = new WeakMap<Clocked, Map<string, Watched>>()

/**
 * How a batch is doing: read from a list of the account where many are at work, which is one call for a hundred of
 * them, else asked for by its id. An end is never taken from a list, and what a list does not show is asked for.
 */
export async function lookAtBatch(
  flow: Clocked,
  provider: Provider,
  batch: { readonly id: string; readonly madeAt: number },
  signal: AbortSignal,
): Promise<Reply<RemoteBatch>> {
  const { id } = batch
  const everyMs = flow.timings.pollEveryMs ?? provider.limits.pollEveryMs
  const watched = watchedOf(flow, provider.account)
  const now = flow.clock.now()
  watched.asked.set(id, { at: now, madeAt: batch.madeAt })
  for (const [other, { at }] of watched.asked) if (at < now - 3 * everyMs) watched.asked.delete(other)
  if (isWorthListing(provider, watched, (now - watched.shownAt) / everyMs)) {
    if (watched.shownAt < now - everyMs / 2) await list(flow, provider, watched)
    const found = watched.shown.get(id)
    if (found && endingIn(found.state) === null) return { kind: 'accepted', value: found }
  }
  return provider.batch(id, signal)
}

/**
 * A list was long when it was walked last, and may have become short since: how long it was counts half of it after each
 * twenty looks at a batch, so that a long one is walked again less often than it costs.
 */
function isWorthListing({ limits }: Provider, { asked, pages }: Watched, looksSince: number): boolean {
  const supposed = pages / 2 ** Math.floor(looksSince / halvedAfterLooks)
  return limits.listTells === true && asked.size >= worthListing && asked.size > 2 * supposed
}

const halvedAfterLooks = 20

async function list(flow: Clocked, provider: Provider, watched: Watched): Promise<void> {
  watched.listing ??= (async () => {
    const oldest = Math.min(...[...watched.asked.values()].map(({ madeAt }) => madeAt))
    const reply = await provider.batches(oldest - marginMs)
    watched.shownAt = flow.clock.now()
    // What an earlier list has shown is not how batches are now: without a list they are asked for by their ids.
    const listed = reply.kind === 'accepted' ? reply.value : []
    watched.shown = new Map(listed.map((each) => [each.id, each]))
    watched.pages = Math.ceil(listed.length / pageSize)
  })().finally(() => {
    watched.listing = null
  })
  await watched.listing
}

/** A list may be short of what was made within the second before. */
const marginMs = 60_000

function watchedOf(flow: Clocked, account: string): Watched {
  const accounts = watchedBy.get(flow) ?? new Map<string, Watched>()
  watchedBy.set(flow, accounts)
  const watched = accounts.get(account) ?? {
    asked: new Map(),
    shown: new Map(),
    shownAt: 0,
    pages: 0,
    listing: null,
  }
  accounts.set(account, watched)
  return watched
}
