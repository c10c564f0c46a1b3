import type { RunRow } from '../../ports/state.ts'
import type { Flow } from '../flow.ts'

/** How long an order serves the pages that follow, in milliseconds. */
const keptMs = 30_000
/** Each holds a number for every record that matches. */
const mostKept = 4

interface KeptOrder {
  readonly at: number
  readonly counters: string
  readonly seqs: Promise<readonly number[]>
}

/** Orders of long lists, kept for a moment, so that paging through one reads the answers once. */
export class RowOrders {
  readonly #kept = new Map<string, KeptOrder>()

  /** The order under this name, unless the run has moved since; else what `find` gives. */
  async get(
    { store, clock }: Pick<Flow, 'store' | 'clock'>,
    run: Pick<RunRow, 'id'>,
    name: string,
    find: () => Promise<readonly number[]>,
  ): Promise<readonly number[]> {
    const key = `${run.id} ${name}`
    const counters = JSON.stringify(await store.batchCounters([run.id]))
    const known = this.#kept.get(key)
    const now = clock.now()
    if (known && known.counters === counters && now - known.at < keptMs) return known.seqs
    const seqs = find()
    this.#kept.delete(key)
    const [oldest] = this.#kept.keys()
    if (oldest !== undefined && this.#kept.size >= mostKept) this.#kept.delete(oldest)
    this.#kept.set(key, { at: now, counters, seqs })
    seqs.catch(() => this.#kept.delete(key))
    return seqs
  }
}
