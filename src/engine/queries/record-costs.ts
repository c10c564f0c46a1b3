import type { RequestRow } from '../../ports/state.ts'
import type { Flow } from '../flow.ts'

type Costed = Pick<RequestRow, 'runId' | 'seq' | 'tries' | 'costPicoUsd'>

/**
 * Dollars that requests of a run have cost, all of their tries together: an answer that was asked for three times costs
 * what all three cost. By `seq`; null: nothing of its own.
 */
export async function recordCosts(
  flow: PastCosts,
  requests: readonly Costed[],
): Promise<ReadonlyMap<number, number | null>> {
  return new Map(
    (await withAllTries(flow, requests)).map(({ seq, costPicoUsd: pico }) => [
      seq,
      pico === null ? null : pico / 1e12,
    ]),
  )
}

/** The same requests of a run, each at the cost of all of its tries together. */
export async function withAllTries<Request extends Costed>(
  { store }: PastCosts,
  requests: readonly Request[],
): Promise<readonly Request[]> {
  const [first] = requests
  const asked = requests.filter(({ tries }) => tries > 1).map(({ seq }) => seq)
  if (first === undefined || asked.length === 0) return requests
  const past = await store.pastCosts(first.runId, asked)
  return requests.map((request) => {
    const before = past.get(request.seq)
    return before === undefined ? request : { ...request, costPicoUsd: before + (request.costPicoUsd ?? 0) }
  })
}

interface PastCosts {
  readonly store: Pick<Flow['store'], 'pastCosts'>
}
