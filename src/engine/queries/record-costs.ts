import type { RequestRow } from '../../ports/state.ts'
import type { Flow } from '../flow.ts'

type Costed = Pick<RequestRow, 'runId' | 'seq' | 'tries' | 'costPicoUsd'>

/**
 * What requests of a run have cost, in dollars, all of their tries together: what an answer cost that was asked for
 * three times is what all three cost. By `seq`; null: nothing of its own.
 */
export async function recordCosts(
  { store }: Pick<Flow, 'store'>,
  requests: readonly Costed[],
): Promise<ReadonlyMap<number, number | null>> {
  const [first] = requests
  const asked = requests.filter(({ tries }) => tries > 1).map(({ seq }) => seq)
  const past =
    first && asked.length > 0 ? await store.pastCosts(first.runId, asked) : new Map<number, number>()
  return new Map(
    requests.map(({ seq, costPicoUsd }) => {
      const before = past.get(seq)
      const pico = before === undefined ? costPicoUsd : before + (costPicoUsd ?? 0)
      return [seq, pico === null ? null : pico / 1e12]
    }),
  )
}
