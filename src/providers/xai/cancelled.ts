import type { RemoteBatch } from '../../ports/provider/batch-service.ts'

/** So many times as long as usually, a batch without any result is taken for one that has not ended. */
const patience = 10

export interface Settling {
  readonly now: () => number
  /** How long the counters have to stand still, in milliseconds. */
  readonly settleMs: number
  readonly hasResults: (batch: RemoteBatch) => Promise<boolean>
}

/**
 * Batches that somebody has cancelled: pending requests count as cancelled at once, while requests that are under way
 * run on and are billed; a batch has ended when its counters stand still and it has results, of which those that did
 * not run have one too.
 */
export class CancelledBatches {
  readonly #seen = new Map<string, { readonly counters: string; readonly at: number }>()
  readonly #settling: Settling

  constructor(settling: Settling) {
    this.#settling = settling
  }

  async believe(batch: RemoteBatch): Promise<RemoteBatch> {
    if (batch.state !== 'cancelled') return batch
    const { now, settleMs, hasResults } = this.#settling
    const counters = JSON.stringify(batch.counts)
    const seen = this.#seen.get(batch.id)
    if (seen?.counters !== counters) this.#seen.set(batch.id, { counters, at: now() })
    else if (now() - seen.at >= settleMs) {
      if (batch.counts === null || now() - seen.at >= patience * settleMs) return batch
      if (await hasResults(batch)) return batch
    }
    return { ...batch, state: 'cancelling', outputPart: null }
  }
}
