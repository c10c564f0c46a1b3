import { type Outcome, type OutcomeCounts, outcomes } from '../../domain/outcome.ts'
import { OffpeakError } from '../../domain/errors.ts'
import { costPicoUsd } from '../../domain/money.ts'
import { type Soon, whenThere } from '../../domain/soon.ts'
import type { AttemptRow, BatchRow, RunRow } from '../../ports/state.ts'
import type { Sink, SinkItem } from '../../ports/sink.ts'
import type { BatchRequest, MergedRequest } from '../../ports/store-merging.ts'
import { perform } from '../crash-points.ts'
import { AnswerReader, type AnswerLine, foreign, type UnusedLine } from './answer-lines.ts'
import { lineGroups } from '../requests/file-lines.ts'
import type { Flow } from '../flow.ts'
import { Judge, type Judgement } from './judge.ts'
import type { Lease } from '../lease.ts'
import type { PreparedJob } from '../plan/prepare.ts'
import type { RunSpec } from '../spec.ts'
import { answeredAt, readStoredAnswer } from './stored-answer.ts'
import type { Target } from './target.ts'
import { itemOf, type Judged, writeChunk } from './write-chunk.ts'

export interface MergerOptions {
  readonly flow: Flow
  readonly lease: Lease
  readonly run: RunRow
  readonly spec: RunSpec
  readonly job: PreparedJob
  readonly attempt: AttemptRow
  readonly batch: BatchRow
  /** The request in each line of the batch's file. */
  readonly seqs: Int32Array
  readonly target: Target
  /** What a request is whose line says that its batch was cancelled. */
  readonly cancelled: Unanswered
}

/** The fate of requests without an answer. */
export interface Unanswered {
  readonly outcome: Outcome
  readonly reason: string
}

/** A chunk holds about so many bytes of answer lines, or so many lines: few commits, and little that lives while garbage is collected. */
const chunkBytes = 1024 * 1024
const chunkLines = 2_500

/** Chunks of one batch that the sink writes at once: while one waits for the disk, the next one is worked on. */
const chunksInFlight = 2

/** What the state learns of an answer besides where it lies. */
type Worth = Pick<Judgement, 'outcome' | 'reason' | 'usage' | 'costPicoUsd' | 'score'>

interface Entry extends Judged {
  readonly request: BatchRequest
  readonly verdict: Worth
  item: SinkItem | null
  readonly file: string
  readonly offset: number
  readonly length: number
}

type Tally = Record<string, number>

/**
 * So many results the state learns at once. Answers come in any order, so that every commit writes nearly all pages of
 * the batch; what was not committed yet is written to the sink again after a crash, which changes nothing there.
 */
const resultsPerCommit = 8_000

/** What the sink has taken and the state does not know yet. */
interface Results {
  readonly requests: MergedRequest[]
  readonly counts: OutcomeCounts
  readonly usage: Tally
  readonly accounting: Tally
  readTo: number
}

function noResults(): Results {
  return { requests: [], counts: {}, usage: {}, accounting: {}, readTo: 0 }
}

/** Matches the lines of answer files to requests by array index and writes them on in chunks; accounts for every line. */
export class Merger implements AsyncDisposable {
  readonly #options: MergerOptions
  readonly #judge: Judge
  readonly #at: number
  readonly #reader: AnswerReader
  /** Lines of the batch's file that were answered by what this merger has read. */
  readonly #answered: Uint8Array
  #entries: Entry[] = []
  /** So many of the entries are packed. */
  #packed = 0
  #accounting: Tally = {}
  #usage: Tally = {}
  #bytes = 0
  #readTo = 0
  /** Chunks that the sink is writing, oldest first; each is noted when those before it are. */
  #writing: Promise<void>[] = []
  #results = noResults()

  constructor(options: MergerOptions) {
    this.#options = options
    const { job, spec, run, flow, seqs, batch, attempt } = options
    this.#at = answeredAt(attempt)
    this.#judge = new Judge({
      job,
      spec,
      runId: run.id,
      filesDir: flow.filesDir,
    })
    this.#reader = new AnswerReader(job.provider, batch.tag)
    this.#answered = new Uint8Array(seqs.length)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // After a failure others may still be on their way to the sink, which is closed next.
    await Promise.allSettled(this.#writing)
    this.#judge[Symbol.dispose]()
  }

  /** Reads one answer file on from an offset; all that it holds is durable when this returns. */
  async read(file: { readonly path: string; readonly base: number }, from: number): Promise<void> {
    const name = file.path.slice(file.path.lastIndexOf('/') + 1)
    for await (const lines of lineGroups(file.path, from)) {
      this.#options.lease.check()
      const read = lines.map((line) => this.#reader.read(line))
      const requests = await this.#requestsOf(read)
      // Nothing of an answer is kept but what is sent: what lives until the database has it is costly to collect.
      for (const line of read) {
        this.#readTo = file.base + line.offset + line.length + 1
        this.#bytes += line.length
        this.#tally('lines')
        if (line.tooLong) this.#tally('tooLong')
        const taken = this.#take(line, requests, name)
        if (taken instanceof Promise) await taken
        if (this.#bytes >= chunkBytes || this.#entries.length >= chunkLines) await this.#flush()
      }
      await this.#pack()
    }
    await this.#finish()
  }

  /** Gives the requests that no line has answered their outcome. */
  async leftOver(rule: Unanswered): Promise<void> {
    const { flow, run, seqs } = this.#options
    const verdict: Worth = { ...rule, usage: null, costPicoUsd: 0, score: null }
    const left = [...seqs].filter((seq, line) => seq >= 0 && this.#answered[line] === 0)
    for (let from = 0; from < left.length; from += chunkLines) {
      const requests = await flow.store.requestsBySeq(run.id, left.slice(from, from + chunkLines))
      for (const request of requests) {
        if (request.outcome === 'pending')
          this.#entries.push({ request, verdict, item: null, file: '', offset: 0, length: 0 })
      }
      await this.#flush()
    }
    await this.#finish()
  }

  /** The requests that lines belong to, by their line in the batch's file. */
  async #requestsOf(lines: readonly AnswerLine[]): Promise<ReadonlyMap<number, BatchRequest>> {
    const { flow, run, seqs } = this.#options
    const wanted = lines.flatMap(({ found }) => (found && 'line' in found ? (seqs[found.line] ?? []) : []))
    const requests = await flow.store.requestsBySeq(run.id, wanted)
    const byLine = new Map<number, BatchRequest>()
    for (const request of requests) if (request.line !== null) byLine.set(request.line, request)
    return byLine
  }

  #take(
    { found, offset, length }: AnswerLine,
    requests: ReadonlyMap<number, BatchRequest>,
    file: string,
  ): Soon<void> {
    if (found === null) return
    if ('kind' in found) return this.#quarantine(found, offset)
    const request = requests.get(found.line)
    if (!request) return this.#quarantine(foreign, offset)
    const { spec, attempt } = this.#options
    const isAnswered = this.#answered[found.line] === 1
    if (isAnswered || request.outcome !== 'pending') {
      this.#tally(isAnswered || request.attemptId === attempt.id ? 'duplicates' : 'late')
      const usage = 'usage' in found.answer ? found.answer.usage : null
      if (usage && spec.price) this.#sum('duplicatePicoUsd', costPicoUsd(spec.price, usage))
      return
    }
    this.#answered[found.line] = 1
    this.#tally('applied')
    return whenThere(this.#judge.judge(request, found.answer, this.#at), (judged) => {
      const isCancelled = judged.outcome === 'cancelled'
      const verdict = worthOf(isCancelled ? { ...judged, ...this.#options.cancelled } : judged)
      this.#entries.push({ request, verdict, item: itemOf(request, judged), file, offset, length })
    })
  }

  /** A line that is not used stays in its file; where it is and why goes into the record of the run. */
  async #quarantine({ kind, reason }: UnusedLine, offset: number): Promise<void> {
    this.#tally(kind)
    const { flow, run, batch } = this.#options
    await flow.store.addEvent(run.id, flow.clock.now(), 'line.unused', {
      batch: batch.n,
      kind,
      offset,
      reason: reason.slice(0, 200),
    })
  }

  #tally(name: string): void {
    this.#accounting[name] = (this.#accounting[name] ?? 0) + 1
  }

  #sum(name: string, value: number): void {
    this.#usage[name] = (this.#usage[name] ?? 0) + value
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
    await this.#commit()
  }

  async #write(
    chunk: {
      readonly entries: readonly Entry[]
      readonly accounting: Tally
      readonly usage: Tally
      readonly readTo: number
    },
    before: Promise<void>,
  ): Promise<void> {
    const { flow, lease, run, batch, attempt, target, spec } = this.#options
    if (chunk.entries.length === 0 && Object.keys(chunk.accounting).length === 0) return before
    const all = await this.#withFolds(chunk.entries)
    lease.check()
    const written = await perform(flow.reach, 'merge.sink.write', () =>
      writeChunk(target.sink, target.reader, all, {
        mark: batch.mark,
        redo: spec.redo,
        chunk: `${run.id}/${batch.n}/${attempt.id}/${chunk.readTo}/${chunk.entries[0]?.request.seq ?? 0}`,
      }),
    )
    await before
    const { requests, counts, usage } = this.#results
    for (const [index, { request, verdict, file, offset, length }] of all.entries()) {
      const { outcome, reason } = written[index] ?? { outcome: verdict.outcome, reason: verdict.reason }
      const paid = request.line === null ? null : verdict.usage
      counts[outcome] = (counts[outcome] ?? 0) + 1
      if (paid) addUsage(usage, paid, verdict.costPicoUsd, outcome, spec)
      requests.push({
        seq: request.seq,
        outcome,
        reason: reason?.slice(0, 500) ?? null,
        answerFile: file === '' ? null : file,
        answerOffset: file === '' ? null : offset,
        answerLength: file === '' ? null : length,
        inputTokens: paid?.inputTokens ?? null,
        outputTokens: paid?.outputTokens ?? null,
        costPicoUsd: paid ? verdict.costPicoUsd : null,
        scorePermille: verdict.score === null ? null : Math.round(verdict.score * 1000),
      })
    }
    addInto(usage, chunk.usage)
    addInto(this.#results.accounting, chunk.accounting)
    this.#results.readTo = chunk.readTo
    if (requests.length >= resultsPerCommit) await this.#commit()
  }

  /** Has the state know what the sink has taken since the last time. */
  async #commit(): Promise<void> {
    const { flow, lease, run, batch, attempt } = this.#options
    const { requests, counts, usage, accounting, readTo } = this.#results
    this.#results = noResults()
    if (requests.length === 0 && Object.keys(accounting).length === 0) return
    lease.check()
    // In the order in which the state keeps them, so that neighbours are written together.
    requests.sort((one, other) => one.seq - other.seq)
    await perform(flow.reach, 'merge.commit', () =>
      flow.store.commitMerged({
        runId: run.id,
        batchN: batch.n,
        job: run.job,
        now: flow.clock.now(),
        requests,
        counts,
        usage,
        accounting,
        claim: lease.claim,
        mergedBytes: Math.max(attempt.mergedBytes, readTo),
      }),
    )
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
    const byFirst = Map.groupBy(folds, ({ foldedInto }) => foldedInto)
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
    return { request: fold, verdict: worthOf(judged), item: itemOf(fold, judged), file, offset, length }
  }
}

/** Without the values, which are large and have gone into the item. */
function worthOf({ outcome, reason, usage, costPicoUsd: cost, score }: Worth): Worth {
  return { outcome, reason, usage, costPicoUsd: cost, score }
}

async function packInto(sink: Sink, entries: readonly Entry[]): Promise<void> {
  if (!sink.pack) return
  const accepted = entries.flatMap((entry) => (entry.item === null ? [] : [{ entry, item: entry.item }]))
  const packed = await sink.pack(accepted.map(({ item }) => item))
  for (const [index, { entry }] of accepted.entries()) entry.item = packed[index] ?? entry.item
}

function addInto(sums: Tally, more: Tally): void {
  for (const [name, value] of Object.entries(more)) sums[name] = (sums[name] ?? 0) + value
}

function addUsage(
  usage: Tally,
  paid: { readonly inputTokens: number; readonly cachedTokens: number; readonly outputTokens: number },
  costPico: number,
  outcome: Outcome,
  spec: RunSpec,
): void {
  const add = (name: string, value: number): void => {
    usage[name] = (usage[name] ?? 0) + value
  }
  add('inputTokens', paid.inputTokens)
  add('cachedTokens', paid.cachedTokens)
  add('outputTokens', paid.outputTokens)
  add('costPicoUsd', costPico)
  if (spec.realtimePrice) add('realtimePicoUsd', costPicoUsd(spec.realtimePrice, paid))
  if (outcome !== 'merged' && outcome !== 'held' && outcomes[outcome].paid) add('unusablePicoUsd', costPico)
}
