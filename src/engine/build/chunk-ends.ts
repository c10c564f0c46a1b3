import type { SinkItem } from '../../ports/sink.ts'
import type { SourceRecord } from '../../ports/source.ts'
import type { RunRow } from '../../ports/state.ts'
import type { Flow } from '../flow.ts'
import { openTarget, type Target } from '../job/target.ts'
import type { PreparedJob } from '../job/prepare.ts'
import { ownsChunks, UnaskedItems } from '../job/unasked-items.ts'

/** Texts that are looked at together. */
const mostTexts = 500

/**
 * Where the texts end whose chunks a sink owns: what is behind the end is not done any more, and of a text that is not asked
 * about again, because nothing else of it has changed, the sink removes or marks it now. Costs nothing.
 */
export class ChunkEnds implements AsyncDisposable {
  readonly #flow: Flow
  readonly #run: RunRow
  readonly #job: PreparedJob
  readonly #unasked: UnaskedItems
  #ends: { readonly of: string; readonly count: number }[] = []
  #items: SinkItem[] = []
  #target: Promise<Target> | null = null

  private constructor(flow: Flow, run: RunRow, job: PreparedJob) {
    this.#flow = flow
    this.#run = run
    this.#job = job
    this.#unasked = new UnaskedItems(job, flow.clock)
  }

  /** Null for a sink that owns no chunks. */
  static of(flow: Flow, run: RunRow, job: PreparedJob): ChunkEnds | null {
    return ownsChunks(job) ? new ChunkEnds(flow, run, job) : null
  }

  async note(record: SourceRecord<unknown>, isDone: boolean): Promise<void> {
    if (record.problem !== undefined || record.part?.index !== 0) return
    this.#ends.push(record.part)
    const item = isDone ? this.#unasked.of(record) : null
    if (item !== null) this.#items.push(item)
    if (this.#ends.length >= mostTexts) await this.flush()
  }

  /** To be called before the state is told that the texts are behind. */
  async flush(): Promise<void> {
    const [ends, items] = [this.#ends, this.#items]
    this.#ends = []
    this.#items = []
    const { store, clock } = this.#flow
    const { id } = this.#run
    if (items.length > 0) {
      this.#target ??= openTarget(this.#flow, this.#job, null)
      const { sink } = await this.#target
      const found = (await sink.behindChunks?.(items, 'clear')) ?? { rows: 0, refused: null }
      if (found.rows > 0) await store.addEvent(id, clock.now(), 'chunks.old', { rows: found.rows })
      if (found.refused !== null)
        await store.addEvent(id, clock.now(), 'chunks.kept', { reason: found.refused.slice(0, 200) })
    }
    if (ends.length > 0) await store.forgetParts(id, ends)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const target = await this.#target?.catch(() => null)
    await target?.[Symbol.asyncDispose]()
  }
}
