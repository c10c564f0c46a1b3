import { repeatedKey } from '../job/repeated-key.ts'
import { addCounts, type OutcomeCounts, parseCounts } from '../../domain/outcome.ts'
import { oversizeReason } from '../../planning/requests/split.ts'
import { compareMeaning } from '../../planning/requests/meaning.ts'
import type { RunRow } from '../../ports/state.ts'
import type { NewRequest, SameRequest } from '../../ports/store/requests.ts'
import type { SinkPresence } from '../../ports/sink.ts'
import type { SourcePage, SourceRecord } from '../../ports/source.ts'
import { newTag } from '../files/durable-file.ts'
import type { ChunkEnds } from './chunk-ends.ts'
import { withCrashPoints } from '../crash-points.ts'
import { ContextGuard, windowOf } from '../job/context-guard.ts'
import type { Flow } from '../flow.ts'
import type { Lease } from '../lease.ts'
import { type EncodedRecord, PageEncoder, newRequest } from './page.ts'
import {
  type AskedBefore,
  type Ended,
  type LeftOut,
  leftOutReason,
  nothingAsked,
} from '../job/asked-before.ts'
import type { ExistingOutput } from '../job/existing-output.ts'
import type { PreparedJob } from '../job/prepare.ts'
import { smallFiles } from '../job/delivery-mode.ts'
import { removeUncommitted, RequestFile, type RequestFileOptions, sizeOf } from '../files/request-file.ts'
import type { RunSpec } from '../spec.ts'

const nonceLength = 16

/** Records that wait in memory for a commit, at most. */
const maxUncommitted = 50_000

/** What came of a page. */
type Taken = 'full' | 'enough' | 'more'

/** Where the records of a group stand in their page, and what the sink says of the page's records. */
interface Place {
  readonly page: SourcePage<unknown>
  readonly places: readonly number[]
  readonly presence: ReadonlyMap<string, SinkPresence>
  /** The first record of the page that is not counted yet. */
  readonly next: number
}

/**
 * A builder of request files from pages of records; each file is committed with its records and how far the source is
 * read.
 */
export class Builder {
  readonly #flow: Flow
  readonly #lease: Lease
  readonly #spec: RunSpec
  readonly #prepared: PreparedJob
  readonly #presence: ExistingOutput
  /** What was asked in vain before and is not asked again; null: it may be. */
  readonly #before: AskedBefore | null
  /** Null: the sink owns no chunks of texts. */
  readonly #ends: ChunkEnds | null
  readonly #encoder: PageEncoder
  readonly #guard: ContextGuard
  readonly #limits: RequestFileOptions['limits']
  readonly #spareBuffers: Buffer[] = []
  #run: RunRow
  #unsent: OutcomeCounts
  #file: RequestFile | null = null
  #requests: NewRequest[] = []
  #kept: { readonly key: string; readonly fingerprint: string }[] = []
  /** Keys and fingerprints that the store did not have when it was last asked; fingerprints with the request that is sent for them. */
  #newKeys = new Set<string>()
  #newRequests = new Map<string, SameRequest>()
  /** Whether some of these have been committed since. */
  #committed = false
  #read: { readonly page: SourcePage<unknown>; index: number } | null = null
  #mark: string | null = null
  #nextSeq: number
  /** Requests that are to be sent. */
  #sent: number
  /** The record that was taken last, or that it was a part of. */
  #whole: string | null = null
  #tag = ''
  #hasClosed = false

  constructor(
    flow: Flow,
    lease: Lease,
    run: RunRow,
    spec: RunSpec,
    prepared: PreparedJob,
    presence: ExistingOutput,
    limits: RequestFileOptions['limits'],
    before: AskedBefore | null,
    ends: ChunkEnds | null,
  ) {
    this.#before = before
    this.#ends = ends
    this.#flow = flow
    this.#lease = lease
    this.#run = run
    this.#spec = spec
    this.#prepared = prepared
    this.#presence = presence
    this.#limits = limits
    this.#encoder = new PageEncoder(prepared, spec.keepRows, flow.attachments)
    this.#guard = new ContextGuard(windowOf(prepared, spec.contextTokens), prepared.provider)
    this.#unsent = parseCounts(run.unsent)
    this.#nextSeq = run.nextSeq
    const { selected, unchanged, folded } = run
    this.#sent = selected - unchanged - folded - total(this.#unsent)
  }

  /**
   * `full`: a file was closed and `isFull` says that it was the last for now, so that the rest of the page is left to be
   * read again. `enough`: the run has as many requests as it is to have.
   */
  async take(page: SourcePage<unknown>, isFull: () => Promise<boolean>): Promise<Taken> {
    const presence = await this.#presence.of(page.records)
    const places: number[] = []
    const wanted: SourceRecord<unknown>[] = []
    for (const [index, record] of page.records.entries()) {
      const found = presence.get(record.key) ?? 'open'
      if (found === 'present') continue
      places.push(index)
      wanted.push(typeof found === 'string' ? record : { key: record.key, problem: found.problem })
    }
    let from = 0
    let next = 0
    for await (const records of this.#encoder.encode(wanted)) {
      const behind = await this.#take(
        records,
        { page, places: places.slice(from, from + records.length), presence, next },
        isFull,
      )
      if (typeof behind === 'string') return behind
      next = behind
      from += records.length
    }
    this.#pass(page, next, page.records.length)
    return 'more'
  }

  /** Counts records that the sink has already, and is behind them: a commit must not fall between the two. */
  #pass(page: SourcePage<unknown>, from: number, to: number): void {
    if (to <= from) return
    const { selected, unchanged } = this.#run
    this.#run = { ...this.#run, selected: selected + to - from, unchanged: unchanged + to - from }
    this.#read = { page, index: to - 1 }
  }

  async #take(
    records: readonly EncodedRecord[],
    { page, places, presence, next }: Place,
    isFull: () => Promise<boolean>,
  ): Promise<number | 'full' | 'enough'> {
    const { store } = this.#flow
    if (this.#committed) this.#forget()
    let behind = next
    const { known, done, same } = await store.recall(
      this.#run.id,
      this.#spec.redo ? null : this.#spec.job,
      records,
    )
    const failsAgain =
      this.#before === null ? nothingAsked : await this.#before.of(records.map(({ key }) => key))
    for (const [index, record] of records.entries()) {
      if (this.#isEnough(record)) return 'enough'
      const place = places[index] ?? behind
      let isDone = false
      this.#pass(page, behind, place)
      if (known.has(record.key) || this.#newKeys.has(record.key)) this.#repeat(record)
      else if (record.problem !== null) this.#leave(record, 'unrenderable', record.problem)
      else if (presence.get(record.key) !== 'absent' && this.#isDone(record, done.get(record.key))) {
        this.#count({ unchanged: this.#run.unchanged + 1 })
        isDone = true
      } else if (
        !this.#leaveFailing(record, failsAgain(record)) &&
        !this.#fold(record, same.get(record.fingerprint))
      )
        await this.#send(record, page.mark)
      const source = this.#ends === null ? undefined : page.records[place]
      if (source !== undefined) await this.#ends?.note(source, isDone)
      this.#read = { page, index: place }
      behind = place + 1
      await this.#file?.room()
      if (this.#requests.length >= maxUncommitted) await this.#close()
      if (!this.#hasClosed) continue
      this.#hasClosed = false
      if (await isFull()) return 'full'
    }
    return behind
  }

  /** The source is at its end: the last file, and the run only waits from here on. */
  async end(): Promise<void> {
    this.#run = { ...this.#run, sourceDone: 1 }
    await this.#close()
  }

  /** What is committed is found in the store from now on; what is not stays known here. */
  #forget(): void {
    const uncommitted = new Set(this.#requests.map(({ seq }) => seq))
    this.#newKeys = new Set(this.#requests.map(({ key }) => key))
    this.#newRequests = new Map([...this.#newRequests].filter(([, { seq }]) => uncommitted.has(seq)))
    this.#committed = false
  }

  async discard(): Promise<void> {
    await this.#file?.discard()
  }

  #count(changes: Partial<RunRow>): void {
    this.#run = { ...this.#run, selected: this.#run.selected + 1, ...changes }
  }

  #repeat(record: EncodedRecord): void {
    const key = `${record.key} (again, record ${this.#run.selected + 1})`
    this.#leave({ ...record, key }, 'unrenderable', repeatedKey)
  }

  /** What sends nothing does not count to the limit; parts that are joined are sent together. */
  #isEnough(record: EncodedRecord): boolean {
    const { limit, joins } = this.#spec
    const whole = (joins ? record.part?.of : undefined) ?? record.key
    if (limit !== null && this.#sent >= limit && whole !== this.#whole) return true
    this.#whole = whole
    return false
  }

  /** Whether what was answered stands for what is asked now; what it is known by is brought up to date. */
  #isDone(record: EncodedRecord, before: string | undefined): boolean {
    if (before === undefined) return false
    const { keep, payAgain } = this.#spec
    const found = compareMeaning(before, record)
    // What nobody can compare is not paid for without a word.
    const isDone = found === 'same' || keep || (found === 'unknown' && !payAgain)
    if (isDone && before !== record.fingerprint && (found === 'same' || keep))
      this.#kept.push({ key: record.key, fingerprint: record.fingerprint })
    return isDone
  }

  /** Whether a record is not asked for, because that was in vain before. */
  #leaveFailing(record: EncodedRecord, ended: Ended | null): boolean {
    if (ended === null) return false
    this.#leave(record, ended.outcome, leftOutReason(ended, this.#spec.job))
    return true
  }

  /** A record that is not sent, with the reason. */
  #leave(record: EncodedRecord, outcome: 'unrenderable' | 'oversize' | LeftOut, reason: string): void {
    this.#requests.push({ ...this.#request(record), outcome, reason })
    this.#unsent = addCounts(this.#unsent, { [outcome]: 1 })
    this.#count({})
  }

  /** A request whose very bytes are sent already is sent once; its record follows the first one's answer. */
  #fold(record: EncodedRecord, before: SameRequest | undefined): boolean {
    const first = this.#newRequests.get(record.fingerprint) ?? before
    if (!first) return false
    const kept = record.row === null ? null : this.#open().addRow(record.row)
    this.#requests.push({
      ...this.#request(record),
      batchN: first.batchN,
      deduplicatedInto: first.seq,
      rowOffset: kept?.offset ?? null,
      rowLength: kept?.length ?? null,
    })
    this.#count({ folded: this.#run.folded + 1 })
    return true
  }

  async #send(record: EncodedRecord, mark: string | null): Promise<void> {
    const fit = this.#open().fits(record.body.length, record.spans)
    if (fit === 'oversize') {
      return this.#leave(
        record,
        'oversize',
        oversizeReason({ bytes: record.body.length }, this.#limits) ??
          'the request is larger than a file may be',
      )
    }
    const found = this.#guard.reason(record.body, record.spans)
    const tooLong = found instanceof Promise ? await found : found
    if (tooLong !== null) return this.#leave(record, 'oversize', tooLong)
    if (fit === 'close') await this.#close()
    const file = this.#open()
    // The oldest reading in the file decides what counts as changed since.
    this.#mark ??= mark
    const { line, offset, length } = file.add(record.body, record.spans)
    const kept = record.row === null ? null : file.addRow(record.row)
    const request = this.#request(record)
    this.#requests.push({
      ...request,
      batchN: this.#run.nextBatch,
      line,
      fileOffset: offset,
      fileLength: length,
      rowOffset: kept?.offset ?? null,
      rowLength: kept?.length ?? null,
    })
    this.#newRequests.set(record.fingerprint, { seq: request.seq, batchN: this.#run.nextBatch })
    this.#sent += 1
    this.#count({})
  }

  #request(record: EncodedRecord): NewRequest {
    this.#newKeys.add(record.key)
    return newRequest(record, this.#nextSeq++, this.#spec.joins)
  }

  #open(): RequestFile {
    if (this.#file) return this.#file
    this.#flow.reach('build.file.open.before')
    this.#tag = newTag(this.#run.id, this.#flow.random)
    this.#file = new RequestFile(
      {
        filesDir: this.#flow.filesDir,
        tag: this.#tag,
        frame: this.#prepared.provider.lineFrame(this.#prepared.endpoint),
        limits: this.#limits,
        unit: this.#prepared.unit,
        price: this.#spec.price,
        maxOutputTokens: this.#spec.maxOutputTokens,
        small: smallFiles(this.#prepared.provider, this.#spec),
      },
      this.#spareBuffers,
    )
    this.#flow.reach('build.file.open.after')
    return this.#file
  }

  /** Makes the file durable, then commits it with its records and how far the source is read. */
  async #close(): Promise<void> {
    const { store, clock, random, reach } = this.#flow
    const now = clock.now()
    await this.#ends?.flush()
    const file = this.#file
    // A builder that has been taken over must not touch files that its successor may have cleared away.
    this.#lease.check()
    const finished = file ? await withCrashPoints(reach, 'build.file.rename', () => file.finish()) : null
    this.#file = null
    const { sourceDone, nextBatch, selected, unchanged, folded } = this.#run
    const run = {
      sourceDone,
      selected,
      unchanged,
      folded,
      sourceCursor: this.#read ? this.#read.page.cursorAt(this.#read.index) : this.#run.sourceCursor,
      sourceMark: this.#read ? this.#read.page.mark : this.#run.sourceMark,
      nextSeq: this.#nextSeq,
      nextBatch: finished && finished.requests > 0 ? nextBatch + 1 : nextBatch,
      unsent: JSON.stringify(this.#unsent),
    }
    const commit = withCrashPoints(reach, 'build.commit', () =>
      store.commitBuilt(this.#lease.claim, {
        batch:
          finished && finished.requests > 0
            ? {
                ...sizeOf(finished),
                n: nextBatch,
                round: 0,
                deliveryMode: finished.isSmall ? 'realtime' : this.#spec.deliveryMode,
                tag: this.#tag,
                snapshot: this.#mark,
              }
            : null,
        requests: this.#requests,
        kept: this.#kept,
        tag: this.#tag,
        nonce: random.id(nonceLength),
        now,
        run,
      }),
    )
    try {
      await commit
    } catch (thrown) {
      await removeUncommitted(this.#flow.filesDir, this.#tag, thrown)
      throw thrown
    }
    this.#run = { ...this.#run, ...run }
    this.#requests = []
    this.#kept = []
    this.#committed = true
    this.#mark = null
    this.#hasClosed = true
  }
}

function total(counts: OutcomeCounts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}
