import { repeatedKey } from '../job/repeated-key.ts'
import type { RequestCounter } from '../../planning/tokens/request-counter.ts'
import {
  changedParts,
  compareMeaning,
  type MeaningPart,
  type SharedMeaning,
} from '../../planning/requests/meaning.ts'
import type { SinkItem } from '../../ports/sink.ts'
import type { SourceRecord } from '../../ports/source.ts'
import type { DoneRecord } from '../../ports/store/answers.ts'
import type { Flow } from '../flow.ts'
import { windowOf } from '../job/context-guard.ts'
import { type Rescue, specOf } from '../spec.ts'
import { rescueChanges, type RescueChanges } from '../job/rescue-changes.ts'
import type { AskedPart } from '../../planning/waiting/remedies.ts'
import { type AskedBefore, askedBefore, type LeftOut, mayAskAgain } from '../job/asked-before.ts'
import { ContentsGatherer } from './contents.ts'
import { type EncodedAlone, encodeAlone } from './encode-alone.ts'
import type { PreparedJob } from '../job/prepare.ts'
import { openExistingOutput, type ExistingOutput } from '../job/existing-output.ts'
import type { FoundPrice } from '../job/pricing.ts'
import { openTarget } from '../job/target.ts'
import { ownsChunks, UnaskedItems } from '../job/unasked-items.ts'

export interface LookOptions {
  readonly flow: Flow
  readonly job: PreparedJob
  /** Whether an emulator answers, as far as it is known. */
  readonly isSimulated: boolean
  readonly counter: RequestCounter
  readonly redo: boolean
  readonly payAgain: boolean
  readonly keep: boolean
  readonly price: FoundPrice | null
  readonly realtimePrice: FoundPrice | null
  readonly rescue: Rescue | null
}

/** Counts and sizes of the records that were looked at, as a run would treat them. */
export interface Looked {
  /** Input tokens of each request that is to be sent. */
  readonly tokens: readonly number[]
  /** The most input tokens of the same. */
  readonly mostTokens: readonly number[]
  readonly bytes: number
  readonly unchanged: number
  /** The runs that hold the answers of those done before with the same request, newest first. */
  readonly doneIn: readonly string[]
  readonly changed: number
  readonly changedParts: ReadonlyMap<MeaningPart, number>
  readonly uncompared: number
  readonly failsAgain: ReadonlyMap<LeftOut, number>
  /** A run whose answers the sink did not take; null: there is none. */
  readonly rejectedIn: string | null
  /** Rows of the sink behind the ends of texts of which nothing is asked. */
  readonly oldChunks: number
  readonly unusable: number
  /** Records that are asked otherwise than by the run that they are rescued from, and in what. */
  readonly asked: number
  readonly askedParts: ReadonlyMap<AskedPart, number>
  /** Records that an earlier run may have paid for. */
  readonly lost: number
  readonly before: AskedBefore
  readonly unusableExample: { readonly key: string; readonly reason: string } | null
  readonly example: { readonly key: string; readonly request: unknown } | null
  readonly contents: ContentsGatherer
}

/** A counter of records as a run would render and treat them. Sends nothing and changes nothing. */
export class Looker implements AsyncDisposable {
  readonly #options: LookOptions
  readonly #before: AskedBefore
  readonly #presence: ExistingOutput
  /** Null: the sink owns no chunks of texts. */
  readonly #unasked: UnaskedItems | null
  readonly #changes: RescueChanges | null
  readonly #askedParts = new Map<AskedPart, number>()
  #asked = 0
  readonly #meanings = new Map<string, SharedMeaning | null>()
  readonly #seen = new Set<string>()
  readonly #contents = new ContentsGatherer()
  readonly #keys = new Set<string>()
  readonly #tokens: number[] = []
  readonly #mostTokens: number[] = []
  readonly #changedParts = new Map<MeaningPart, number>()
  readonly #doneIn = new Set<string>()
  /** When the runs began that have done records. */
  readonly #begunAt = new Map<string, number>()
  readonly #failsAgain = new Map<LeftOut, number>()
  #rejectedIn: string | null = null
  /** The record that was looked at last, or that it was a part of. */
  #whole: string | null = null
  #bytes = 0
  #unchanged = 0
  #changed = 0
  #uncompared = 0
  #unusable = 0
  #oldChunks = 0
  #ended: SinkItem[] = []
  #lost = 0
  #unusableExample: Looked['unusableExample'] = null
  #example: Looked['example'] = null

  private constructor(
    options: LookOptions,
    before: AskedBefore,
    presence: ExistingOutput,
    changes: RescueChanges | null,
  ) {
    this.#changes = changes
    this.#options = options
    this.#before = before
    this.#presence = presence
    this.#unasked = ownsChunks(options.job) ? new UnaskedItems(options.job, options.flow.clock) : null
  }

  static async open(options: LookOptions): Promise<Looker> {
    const { flow, job, redo, price, realtimePrice, rescue } = options
    const most = job.inspection.maxTokens ?? (price ?? realtimePrice)?.maxOutputTokens ?? null
    const changes =
      rescue === null ? null : await rescueChanges(flow, job, { ...rescue, maxOutputTokens: most })
    return new Looker(
      options,
      await askedBefore(flow.store, job.job.name, most, options.isSimulated),
      openExistingOutput(flow, job, {
        job: job.job.name,
        runId: null,
        isSimulated: options.isSimulated,
        redo,
        take: false,
      }),
      changes,
    )
  }

  /** Looks at records until so many requests are to be sent (null: at all of them); how many it has looked at. */
  async add(records: readonly SourceRecord<unknown>[], limit: number | null): Promise<number> {
    const { redo } = this.#options
    const keys = records.map(({ key }) => key)
    const done = redo ? new Map<string, DoneRecord>() : await this.#doneBefore(keys)
    const endedBy = await this.#before.of(keys)
    const there = await this.#presence.of(records)
    const changed = (await this.#changes?.of(keys)) ?? null
    for (const [index, record] of records.entries()) {
      const part = record.problem === undefined && this.#options.job.job.join ? record.part : undefined
      const whole = part?.of ?? record.key
      // Parts that are joined are sent together.
      if (limit !== null && this.#tokens.length >= limit && whole !== this.#whole) return index
      this.#whole = whole
      const known = there.get(record.key) ?? 'open'
      if (known === 'present') this.#unchanged++
      else if (typeof known === 'string')
        await this.#look(record, {
          isAbsent: known === 'absent',
          done: done.get(record.key),
          endedBy,
          changed,
        })
      else this.#cannotUse(record.key, known.problem)
    }
    await this.#countOld()
    return records.length
  }

  async #countOld(): Promise<void> {
    const items = this.#ended
    this.#ended = []
    if (items.length === 0) return
    const { flow, job } = this.#options
    await using target = await openTarget(flow, job, null)
    this.#oldChunks += (await target.sink.behindChunks?.(items, 'count'))?.rows ?? 0
  }

  get result(): Looked {
    return {
      tokens: this.#tokens,
      mostTokens: this.#mostTokens,
      bytes: this.#bytes,
      unchanged: this.#unchanged,
      doneIn: [...this.#doneIn].toSorted(
        (one, other) => (this.#begunAt.get(other) ?? 0) - (this.#begunAt.get(one) ?? 0),
      ),
      changed: this.#changed,
      changedParts: this.#changedParts,
      uncompared: this.#uncompared,
      failsAgain: this.#failsAgain,
      rejectedIn: this.#rejectedIn,
      oldChunks: this.#oldChunks,
      unusable: this.#unusable,
      asked: this.#asked,
      askedParts: this.#askedParts,
      lost: this.#lost,
      before: this.#before,
      unusableExample: this.#unusableExample,
      example: this.#example,
      contents: this.#contents,
    }
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.#presence[Symbol.asyncDispose]()
  }

  async #look(
    record: SourceRecord<unknown>,
    before: {
      readonly isAbsent: boolean
      readonly done: DoneRecord | undefined
      readonly endedBy: Awaited<ReturnType<AskedBefore['of']>>
      readonly changed: Awaited<ReturnType<RescueChanges['of']>> | null
    },
  ): Promise<void> {
    const { flow, job, counter, redo, payAgain, price, realtimePrice } = this.#options
    const { key } = record
    const isRepeated = this.#keys.has(key)
    this.#keys.add(key)
    if (record.problem !== undefined) return this.#cannotUse(key, record.problem)
    if (isRepeated) return this.#cannotUse(key, repeatedKey)
    const made = await encodeAlone(job, record, flow.attachments)
    if ('problem' in made) return this.#cannotUse(key, made.problem)
    const state = this.#stateOf(made, before)
    if (state === 'done') {
      this.#unchanged++
      const { runId = '' } = before.done ?? {}
      if (this.#begunAt.has(runId)) this.#doneIn.add(runId)
      const ended = this.#unasked === null || record.part?.index !== 0 ? null : this.#unasked.of(record)
      if (ended !== null) this.#ended.push(ended)
      return
    }
    if (state === 'uncompared' && !payAgain) return
    const ended = before.endedBy({ ...made, key })
    if (ended?.outcome === 'lost') this.#lost++
    else if (ended) add(this.#failsAgain, ended.outcome)
    if (ended?.outcome === 'rejected') this.#rejectedIn ??= ended.run
    if (ended && !mayAskAgain({ redo, payAgain })) return
    const window = windowOf(job, (price ?? realtimePrice)?.contextTokens ?? null)
    const tooLong = window === null ? null : made.overContext(window, counter)
    if (tooLong !== null) return this.#cannotUse(key, tooLong)
    const parts = before.changed?.({ ...made, key }) ?? []
    if (parts.length > 0) this.#asked++
    for (const part of parts) add(this.#askedParts, part)
    this.#contents.add(key, made.fingerprint)
    if (this.#seen.has(made.fingerprint)) return
    this.#seen.add(made.fingerprint)
    this.#example ??= { key, request: made.shown() }
    this.#bytes += made.bytes
    const { likely, most } = made.tokens(counter)
    this.#tokens.push(likely)
    this.#mostTokens.push(most)
  }

  /** Whether what was done before stands for what is asked now. */
  #stateOf(
    made: EncodedAlone,
    { done, isAbsent }: { readonly done: DoneRecord | undefined; readonly isAbsent: boolean },
  ): 'done' | 'uncompared' | 'open' {
    if (done === undefined) return 'open'
    const { keep, job } = this.#options
    const compared = compareMeaning(done.fingerprint, made)
    if (compared === 'changed') {
      this.#changed++
      const then = this.#meanings.get(done.runId) ?? null
      for (const part of changedParts(done.fingerprint, made.fingerprint, then, job.meaning))
        add(this.#changedParts, part)
    }
    if (isAbsent) return 'open'
    if (compared === 'same' || keep) return 'done'
    if (compared === 'changed') return 'open'
    this.#uncompared++
    return 'uncompared'
  }

  /** What was done of these keys; of runs that are new here it is noted what they meant, where they have kept it. */
  async #doneBefore(keys: readonly string[]): Promise<ReadonlyMap<string, DoneRecord>> {
    const { store } = this.#options.flow
    const done = await store.doneBefore(this.#options.job.job.name, keys, this.#options.isSimulated)
    for (const id of new Set([...done.values()].map(({ runId }) => runId))) {
      if (id === '' || this.#meanings.has(id)) continue
      const run = await store.run(id)
      this.#meanings.set(id, run && specOf(run).meaning)
      if (run) this.#begunAt.set(id, run.createdAt)
    }
    return done
  }

  #cannotUse(key: string, reason: string): void {
    this.#unusable++
    this.#unusableExample ??= { key, reason }
  }
}

function add<Name>(counts: Map<Name, number>, name: Name): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}
