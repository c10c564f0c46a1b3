import { join } from 'node:path'
import { type Answer, mayBeBilled, type Usage } from '../../domain/request.ts'
import { OffpeakError } from '../../domain/errors.ts'
import { type MaybePromise, mapMaybe } from '../../domain/maybe-promise.ts'
import type { AttemptRow, BatchRow, RunRow } from '../../ports/state.ts'
import type { SinkItem } from '../../ports/sink.ts'
import type { BatchRequest, BatchSums } from '../../ports/store/answers.ts'
import { withCrashPoints } from '../crash-points.ts'
import {
  AnswerReader,
  type AnswerLine,
  foreignLine,
  type UnusedLine,
  type BatchLines,
} from '../answers/batch-lines.ts'
import { HighestCosts } from './highest-costs.ts'
import { readSlice } from '../files/durable-file.ts'
import { lineGroups } from '../files/file-lines.ts'
import type { Flow } from '../flow.ts'
import { billedPicoUsd } from '../answers/billed.ts'
import { Judge, type Judgement } from '../answers/judge.ts'
import { AccountPause } from './account-pause.ts'
import type { Lease } from '../lease.ts'
import type { PreparedJob } from '../job/prepare.ts'
import type { RunSpec } from '../spec.ts'
import { answeredAt, readStoredAnswer } from '../answers/stored-answer.ts'
import type { SinkSilence } from './sink-silence.ts'
import type { Target } from '../job/target.ts'
import {
  add,
  type Answered,
  MergeResults,
  type ReadChunk,
  type Counters,
  type EvaluationSummary,
  evaluationSummaryOf,
  isTold,
  type Unanswered,
} from './merge-results.ts'
import { itemOf, packInto, writeChunk } from './write-chunk.ts'

export interface MergerOptions {
  readonly flow: Flow
  readonly lease: Lease
  readonly run: RunRow
  readonly spec: RunSpec
  readonly job: PreparedJob
  readonly attempt: AttemptRow
  readonly batch: BatchRow
  /** What was asked in each line of the batch's file. */
  readonly asked: BatchLines
  readonly target: Target
  /** Shows while the sink does not answer. */
  readonly silence: Pick<SinkSilence, 'during'>
  /** What a request is whose line says that its batch was cancelled. */
  readonly cancelled: Unanswered
}

/** A chunk holds about so many bytes of answer lines, or so many lines: few commits, and little that lives while garbage is collected. */
const chunkBytes = 1024 * 1024
const chunkLines = 2_500

/** Chunks of one batch that the sink writes at once: while one waits for the disk, the next one is worked on. */
const chunksInFlight = 2

interface Entry extends Answered {
  item: SinkItem | null
}

/**
 * A merger of answer files: it matches their lines to requests by array index and writes them on in chunks; accounts
 * for every line.
 */
export class Merger implements AsyncDisposable {
  readonly #options: MergerOptions
  readonly #judge: Judge
  readonly #at: number
  readonly #reader: AnswerReader
  readonly #highest: HighestCosts
  /** Where the line lies, counted from 1, that answered each line of the batch's file; 0: none that this merger has read. */
  readonly #answered: Float64Array
  #leftLines: Promise<ReadonlySet<number>> | null = null
  #readTokens = 0
  #untold = 0
  #entries: Entry[] = []
  /** So many of the entries are packed. */
  #packed = 0
  #accounting: Counters = {}
  #usage: Counters = {}
  #bytes = 0
  #readTo = 0
  /** Chunks that the sink is writing, oldest first; each is noted when those before it are. */
  #writing: Promise<void>[] = []
  readonly #results: MergeResults
  readonly #accountPause: AccountPause

  constructor(options: MergerOptions) {
    this.#options = options
    const { job, spec, run, flow, asked, batch, attempt } = options
    this.#at = answeredAt(attempt)
    this.#results = new MergeResults(options)
    this.#judge = new Judge({ job, spec, runId: run.id, filesDir: flow.filesDir })
    this.#reader = new AnswerReader(job.provider, attempt.idTag ?? batch.tag)
    this.#highest = new HighestCosts(options)
    this.#accountPause = new AccountPause(options)
    this.#answered = new Float64Array(asked.length)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // After a failure others may still be on their way to the sink, which is closed next.
    await Promise.allSettled(this.#writing)
    this.#judge[Symbol.dispose]()
    await this.#highest[Symbol.asyncDispose]()
  }

  /** Reads one answer file on from an offset; all that it holds is durable when this returns. */
  async read(file: { readonly path: string; readonly base: number }, from: number): Promise<void> {
    const name = file.path.slice(file.path.lastIndexOf('/') + 1)
    for await (const lines of lineGroups(file.path, from)) {
      this.#options.lease.check()
      // Nothing of an answer is kept but what is sent: what lives until the database has it is costly to collect.
      for (const bytes of lines) {
        const line = this.#reader.read(bytes)
        this.#readTo = file.base + line.offset + line.length + 1
        this.#bytes += line.length
        this.#count('lines')
        if (line.tooLong) this.#count('tooLong')
        if (line.length === 0) this.#count('blank')
        const taken = this.#take(line, name, file.base)
        if (taken instanceof Promise) await taken
        if (this.#bytes >= chunkBytes || this.#entries.length >= chunkLines) await this.#flush()
      }
      await this.#pack()
    }
    await this.#finish()
  }

  /** The counters of the batch, by all that this has read and committed. */
  get sums(): BatchSums {
    return this.#results.sums
  }

  /** How many requests no line has answered. */
  get unanswered(): number {
    return this.#unansweredRequests().length
  }

  #unansweredRequests(): readonly BatchRequest[] {
    const unanswered = this.#answered.entries().flatMap(([line, at]) => {
      const request = at === 0 ? this.#options.asked.request(line) : null
      return request?.outcome === 'pending' ? [request] : []
    })
    return unanswered.toArray()
  }

  /** Gives the requests that no line has answered their outcome. Lost ones may be paid: the most they can cost is held. */
  async leftOver({ outcome, reason, mayBePaid }: Unanswered): Promise<void> {
    const requests = this.#unansweredRequests()
    const verdict: EvaluationSummary = { outcome, reason, usage: null, costPicoUsd: 0, score: null }
    // Goes with the first chunk, and no second time when the rest is done by another process.
    if (mayBePaid && (this.sums.usage['heldPicoUsd'] ?? 0) === 0) {
      add(this.#usage, 'heldPicoUsd', await this.#highest.ofDearest(requests, mayBePaid))
      if (outcome === 'lost') add(this.#usage, 'heldLines', mayBePaid)
    }
    for (const request of requests) {
      if (outcome === 'lost' && mayBePaid === undefined) {
        add(this.#usage, 'heldPicoUsd', await this.#highest.of(request))
        add(this.#usage, 'heldLines', 1)
      }
      this.#entries.push({ request, verdict, item: null, file: '', offset: 0, length: 0 })
      if (this.#entries.length >= chunkLines) await this.#flush()
    }
    await this.#finish()
  }

  #take({ found, offset, length }: AnswerLine, file: string, base: number): MaybePromise<void> {
    if (found === null) return
    if ('kind' in found) return this.#quarantine(found, offset)
    const { attempt, asked } = this.#options
    const { answer } = found
    const request = asked.request(found.line)
    if (!request)
      return attempt.fetches > 0 && found.line < asked.length
        ? this.#left(answer, found.line, offset)
        : this.#quarantine(foreignLine(answer), offset)
    this.#countTokens(answer)
    const first = this.#answered[found.line] ?? 0
    if (first > 0) return this.#repeated(answer, request, { file, base, first, offset, length })
    this.#answered[found.line] = base + offset + 1
    if (request.outcome !== 'pending') {
      // What an earlier download has brought is in this one again.
      if (request.attemptId === attempt.id && attempt.fetches > 0) return this.#count('again')
      this.#count(request.attemptId === attempt.id ? 'duplicates' : 'late')
      return this.#orphanAnswer(answer, request)
    }
    this.#count('applied')
    if (answer.kind === 'error') this.#accountPause.look(answer)
    return mapMaybe(this.#judge.judge(request, answer, this.#at), (judged) => {
      const enter = (paid: Judgement): void => {
        const isCancelled = judged.outcome === 'cancelled'
        const verdict = evaluationSummaryOf(isCancelled ? { ...paid, ...this.#options.cancelled } : paid)
        this.#entries.push({ request, verdict, item: itemOf(request, judged), file, offset, length })
      }
      return isTold(judged.usage) || !mayBeBilled(answer)
        ? enter(judged)
        : this.#estimated(request, judged).then(enter)
    })
  }

  /** What is judged of an answer whose usage is not told, at the highest cost that it can have had. */
  async #estimated(request: BatchRequest, judged: Judgement): Promise<Judgement> {
    const costPicoUsd = await this.#highest.of(request, judged.usage)
    if (costPicoUsd > 0) {
      add(this.#usage, 'estimatedPicoUsd', costPicoUsd)
      add(this.#usage, 'estimatedLines', 1)
    }
    return { ...judged, usage: null, costPicoUsd }
  }

  /** Its request has gone on to another file; what an earlier download has brought of it is in this one again. */
  async #left(answer: Answer, line: number, offset: number): Promise<void> {
    const { flow, attempt } = this.#options
    this.#leftLines ??= flow.store.answeredLines(attempt)
    if (!(await this.#leftLines).has(line)) return this.#quarantine(foreignLine(answer), offset)
    this.#countTokens(answer)
    this.#count('again')
  }

  /** A line that is not used stays in its file; where it is and why goes into the record of the run. */
  async #quarantine(
    { kind, reason, usage, mayBeBilled: isBilled }: UnusedLine,
    offset: number,
  ): Promise<void> {
    const { flow, run, batch, attempt } = this.#options
    this.#count(kind)
    // Whose it is nobody knows: where nothing sums up, it may have cost as much as any other.
    const share =
      isBilled && !this.#hasOwnSum ? (attempt.reservedMicroUsd * 1e6) / Math.max(1, batch.requests) : 0
    this.#orphan(usage, isTold(usage) ? 0 : Math.ceil(share))
    if (isTold(usage)) this.#readTokens += usage.inputTokens + usage.outputTokens
    await flow.store.addEvent(run.id, flow.clock.now(), 'line.unused', {
      batch: batch.n,
      kind,
      offset,
      reason: reason.slice(0, 200),
    })
  }

  /** A second answer to one request was bought too, unless the line was only written twice. */
  async #repeated(
    answer: Answer,
    request: BatchRequest,
    at: { file: string; base: number; first: number; offset: number; length: number },
  ): Promise<void> {
    this.#count('duplicates')
    const { file, base, first, offset, length } = at
    const { filesDir } = this.#options.flow
    const before = first - 1 - base
    const isSame =
      before >= 0 &&
      (await readSlice(join(filesDir, file), before, length)) ===
        (await readSlice(join(filesDir, file), offset, length))
    await this.#orphanAnswer(answer, request, isSame ? 'repeatedPicoUsd' : 'strayPicoUsd')
  }

  /** Books an answer that is not used, of a request that is known. */
  async #orphanAnswer(
    answer: Answer,
    request: BatchRequest,
    name: 'strayPicoUsd' | 'repeatedPicoUsd' = 'strayPicoUsd',
  ): Promise<void> {
    const isUnknown = !isTold(answer.usage) && mayBeBilled(answer) && !this.#hasOwnSum
    this.#orphan(answer.usage, isUnknown ? await this.#highest.of(request, answer.usage) : 0, name)
  }

  /** Books what a line was bought for that is not used: what it tells, and no less than what is taken for it. */
  #orphan(
    usage: Usage | null,
    leastPicoUsd: number,
    name: 'strayPicoUsd' | 'repeatedPicoUsd' = 'strayPicoUsd',
  ): void {
    const told = billedPicoUsd(this.#options.spec, usage)
    const costPico = Math.max(told, leastPicoUsd)
    if (costPico === 0) return
    add(this.#usage, name, costPico)
    if (costPico > told) add(this.#usage, 'untoldPicoUsd', costPico - told)
    // Where the service sums up, what it has only written twice was bought once.
    if (name !== 'repeatedPicoUsd' || !this.#hasOwnSum) add(this.#usage, 'duplicatePicoUsd', costPico)
  }

  /** Whether the service says what the whole batch has used: lines of unknown usage are a part of that. */
  get #hasOwnSum(): boolean {
    return this.#options.attempt.remoteUsage !== null
  }

  #countTokens(answer: Answer): void {
    const { usage } = answer
    if (isTold(usage)) this.#readTokens += usage.inputTokens + usage.outputTokens
    else if (mayBeBilled(answer)) this.#untold += 1
  }

  #count(name: string): void {
    add(this.#accounting, name, 1)
  }

  /** Turns what was gathered since the last time into what the sink sends. */
  async #pack(): Promise<void> {
    const { sink } = this.#options.target
    const fresh = this.#entries.slice(this.#packed)
    this.#packed = this.#entries.length
    await packInto(sink, fresh)
  }

  /** Hands the chunk on; the next ones are prepared while the database works on it. */
  async #flush(): Promise<void> {
    await this.#pack()
    if (this.#readTokens > 0) add(this.#usage, 'readTokens', this.#readTokens)
    if (this.#untold > 0) add(this.#usage, 'untold', this.#untold)
    this.#readTokens = 0
    this.#untold = 0
    const chunk = {
      entries: this.#entries,
      accounting: this.#accounting,
      usage: this.#usage,
      readTo: this.#readTo,
    }
    this.#entries = []
    this.#packed = 0
    this.#accounting = {}
    this.#usage = {}
    this.#bytes = 0
    while (this.#writing.length >= chunksInFlight) await this.#writing.shift()
    const written = this.#write(chunk, this.#writing.at(-1) ?? Promise.resolve())
    // A failure is reported where the chunk is awaited.
    written.catch(() => undefined)
    this.#writing.push(written)
  }

  async #finish(): Promise<void> {
    await this.#flush()
    await Promise.all(this.#writing)
    this.#writing = []
    await this.#results.commit()
  }

  async #write(
    chunk: ReadChunk & { readonly entries: readonly Entry[] },
    before: Promise<void>,
  ): Promise<void> {
    const { flow, lease, run, batch, attempt, target, spec, silence } = this.#options
    if (chunk.entries.length === 0 && Object.keys(chunk.accounting).length === 0) return before
    const all = await this.#withFolds(chunk.entries)
    lease.check()
    const written = await withCrashPoints(flow.reach, 'merge.sink.write', () =>
      silence.during(
        writeChunk(target.sink, target.reader, all, {
          mark: batch.snapshot,
          redo: spec.redo,
          chunk: `${run.id}/${batch.n}/${attempt.id}/${chunk.readTo}/${chunk.entries[0]?.request.seq ?? 0}`,
        }),
      ),
    )
    await before
    await this.#accountPause.done
    this.#results.note(all, written, chunk)
    if (this.#results.areMany) await this.#results.commit()
  }

  /** The chunk with the records that follow its requests, each judged with its own row. */
  async #withFolds(entries: readonly Entry[]): Promise<readonly Entry[]> {
    const { flow, run, batch } = this.#options
    if (batch.records === batch.requests) return entries
    const folds = await flow.store.waitingFolds(
      run.id,
      entries.map(({ request }) => request.seq),
    )
    if (folds.length === 0) return entries
    const byFirst = Map.groupBy(folds, ({ deduplicatedInto }) => deduplicatedInto)
    const all: Entry[] = []
    for (const entry of entries) {
      all.push(entry)
      for (const fold of byFirst.get(entry.request.seq) ?? []) all.push(await this.#judgeFold(fold, entry))
    }
    return all
  }

  async #judgeFold(fold: BatchRequest, entry: Entry): Promise<Entry> {
    const { file, offset, length } = entry
    if (entry.item === null) return { ...entry, request: fold }
    const { flow, job } = this.#options
    const answer = await readStoredAnswer(flow.filesDir, file, offset, length, job.provider)
    if (answer === null) throw new OffpeakError('E_BUG', `the answer at ${offset} of ${file} is gone`)
    const judged = await this.#judge.judge(fold, answer, this.#at)
    return { ...entry, request: fold, verdict: evaluationSummaryOf(judged), item: itemOf(fold, judged) }
  }
}
