import { writeHashes, hashHigh, hashLow } from '../bill.ts'
import { findMarkers, type Marker } from '../answers/markers.ts'
import { bodyHash } from '../answers/body-hash.ts'
import type { BatchRules, Relay, RequestLine, ResultLine, Skipped } from '../dialect.ts'
import { seededRandom, hashText, type Random } from '../random.ts'
import type { BatchRecord, FileRecord, ResultPart, Settlement } from '../records.ts'
import { asJson } from '../json.ts'
import type { LinePlay } from '../scenarios/line-play.ts'
import type { State } from '../state.ts'
import type { AnswerLog } from '../upstream/answer-log.ts'
import type { Executed } from './executed.ts'
import { isBlank, readLines } from './lines.ts'
import { type OutputFile, openOutputFile } from './output-file.ts'
import { keepResultFile } from './result-file.ts'
import type { Timetable } from './timetable.ts'

/** The arguments of `execute`, from its caller, who owns clock and state. */
export interface Execution {
  readonly batch: BatchRecord
  readonly timetable: Timetable
  /** Prompt tokens by line, as far as they are known; after a restart they are not. */
  readonly lineTokens: readonly number[]
  /** What a server behind has answered, in the place of what is invented; `null`: nobody was asked. */
  readonly answered: Answered | null
  /** Waits until the line is due; says what to do with it. */
  gate(index: number): Promise<'run' | Skipped>
  /** True while `gate` would answer at once for this line. */
  isDue(index: number): boolean
  progress: { completed: number; failed: number }
}

/** The answers of a server behind; a line without one did not run. */
export interface Answered {
  readonly log: Pick<AnswerLog, 'read'>
  readonly relay: Relay
  readonly otherwise: Skipped
}

export interface BatchResult {
  readonly settlement: Settlement
  readonly files: readonly FileRecord[]
}

interface Run {
  readonly state: State
  readonly rules: BatchRules
  readonly execution: Execution
  /** What the scenarios of the batch do to its lines; mostly nothing. */
  readonly plays: readonly LinePlay[]
  readonly files: Readonly<Record<ResultPart, OutputFile>>
  readonly lines: Record<ResultPart, number>
  readonly random: Random
  readonly hashes: number[]
  readonly failedOnce: string[]
  answers: number
  inputTokens: number
  outputTokens: number
  costPicoUsd: number
}

/**
 * Runs the lines of a batch in their order, each when it is due, and writes its result files.
 * A pure function of input, timetable and the moment of cancelling: after a crash the same comes out again.
 */
export async function execute(state: State, rules: BatchRules, execution: Execution): Promise<BatchResult> {
  const { batch } = execution
  // By its place among all batches, not by its id: the same calls with the same seed give the same order.
  const place = [...state.batches.keys()].indexOf(batch.id)
  const seed = hashText(String(place), state.settings.seed)
  const run: Run = {
    state,
    rules,
    execution,
    plays: batch.scenarios.flatMap(
      (scenario) => state.scenarios.ofBatch(scenario.name)?.lines?.(scenario) ?? [],
    ),
    files: {
      output: await openOutputFile(
        state.temporaryPath(`${batch.id}.output`),
        rules.keepsOrder ? null : seededRandom(seed),
      ),
      error: await openOutputFile(
        state.temporaryPath(`${batch.id}.errors`),
        rules.keepsOrder ? null : seededRandom(seed + 1),
      ),
    },
    lines: { output: 0, error: 0 },
    random: seededRandom(seed + 2),
    hashes: [],
    failedOnce: [],
    answers: 0,
    inputTokens: 0,
    outputTokens: 0,
    costPicoUsd: 0,
  }
  execution.progress.completed = 0
  execution.progress.failed = 0
  let index = 0
  for await (const lines of readLines(state.snapshotPath(batch.id))) {
    for (const line of lines) {
      if (isBlank(line)) continue
      const { answered } = execution
      // Validation has let no line pass that is none.
      const request = rules.readLine(state, batch, line.text, index)
      if (answered) {
        writeAnswer(run, request, index, answered)
        index += 1
        continue
      }
      const decision = execution.isDue(index) ? 'run' : await execution.gate(index)
      if (decision !== 'run') skipOne(run, request, index, decision)
      else if (request) runOne(run, request, line.text)
      index += 1
    }
  }
  return settle(run)
}

/** What a server has answered is written as it is: nothing in a text of its caller is an order to the emulator. */
function writeAnswer(run: Run, request: RequestLine | null, index: number, answered: Answered): void {
  const { log, relay, otherwise } = answered
  const { progress } = run.execution
  const answer = log.read(index)
  if (request === null || answer === null) return skipOne(run, request, index, otherwise)
  const executed = relay.executed(answer)
  const { part, line } = run.rules.result(request, executed)
  if (executed.status === 200) {
    progress.completed += 1
    run.answers += 1
    charge(run, request, executed, bodyHash(request.body))
  } else progress.failed += 1
  write(run, part, JSON.stringify(line))
}

function runOne(run: Run, request: RequestLine, text: string): void {
  const { progress } = run.execution
  const hash = bodyHash(request.body)
  const executed = runBody(run, request, hash)
  const result = run.rules.result(request, executed)
  const written = textOf(run, result, request)
  if (executed.status !== 200) {
    progress.failed += 1
    write(run, result.part, written)
    return
  }
  progress.completed += 1
  charge(run, request, executed, hash)
  for (const line of writtenTexts(run, written, request, findMarkers(text))) {
    run.answers += 1
    write(run, result.part, line)
  }
}

function runBody(run: Run, request: RequestLine, hash: string): Executed {
  const { state, execution, plays } = run
  const { batch } = execution
  for (const play of plays) {
    const instead = play.instead?.(request)
    if (instead) return instead
  }
  const { failRate } = state.settings
  if (failRate > 0 && run.random() < failRate) return request.failed(500)
  const body = plays.reduce((asked, play) => play.asked?.(asked, request) ?? asked, request.body)
  const failOnce = !state.failedOnce.has(hash) || state.failedOnce.get(hash) === batch.id
  const executed = request.run(body, {
    // Equal bodies get equal answers; ids inside them differ by line.
    hash,
    failOnce,
    createdAtMs: (batch.times.in_progress ?? batch.createdAtMs) + state.skewMs(),
    knownTokens: execution.lineTokens[request.index],
  })
  if (failOnce && executed.status === 500) run.failedOnce.push(hash)
  if (executed.status !== 200) return executed
  return plays.reduce((done, play) => play.ran?.(done, request) ?? done, executed)
}

/** By what the model did, whatever the line shows of it. */
function charge(run: Run, request: RequestLine, { usage }: Executed, hash: string): void {
  if (!usage) return
  run.hashes.push(hashHigh(hash), hashLow(hash))
  run.inputTokens += usage.inputTokens
  run.outputTokens += usage.outputTokens
  run.costPicoUsd += request.costPicoUsd(usage)
}

function skipOne(run: Run, request: RequestLine | null, index: number, reason: Skipped): void {
  const result = run.rules.skipped(run.execution.batch, index, request?.customId ?? '', reason)
  if (result === null) return
  write(run, result.part, request ? textOf(run, result, request) : JSON.stringify(result.line))
}

function write(run: Run, part: ResultPart, text: string): void {
  run.lines[part] += 1
  run.files[part].add(text)
}

/** A result line as scenarios let it be shown; without one nothing is made anew. */
function textOf(run: Run, { line }: ResultLine, request: RequestLine): string {
  const plays = run.plays.filter((play) => play.shown !== undefined)
  const plain = plays.length === 0 ? null : asJson(line)
  if (plain === null) return JSON.stringify(line)
  return JSON.stringify(plays.reduce((shown, play) => play.shown?.(shown, request) ?? shown, plain))
}

/** Lines may be lost, doubled, broken or strange, by marker or scenario. */
function writtenTexts(
  run: Run,
  written: string,
  request: RequestLine,
  markers: ReadonlySet<Marker>,
): readonly string[] {
  if (markers.has('line_missing')) return []
  if (markers.has('line_duplicate')) return [written, written]
  return run.plays.reduce<readonly string[]>(
    (texts, play) =>
      play.written ? texts.flatMap((text) => play.written?.(text, request) ?? [text]) : texts,
    [written],
  )
}

async function settle(run: Run): Promise<BatchResult> {
  const { state, rules, execution } = run
  const { batch, progress } = execution
  const hashes = Uint32Array.from(run.hashes)
  for (const hash of run.failedOnce) state.failedOnce.set(hash, batch.id)
  await writeHashes(state.hashesPath(batch.id), hashes)
  const keep = (part: ResultPart): Promise<FileRecord | null> =>
    keepResultFile(state, rules, batch, { part, file: run.files[part], lines: run.lines[part] })
  const output = await keep('output')
  const errors = await keep('error')
  return {
    files: [output, errors].filter((file) => file !== null),
    settlement: {
      completed: progress.completed,
      failed: progress.failed,
      usage: { inputTokens: run.inputTokens, outputTokens: run.outputTokens },
      billedRequests: run.hashes.length / 2,
      // From here to the journal nothing waits, so that no other batch counts the same bodies in between.
      duplicateRequests: state.bill.notePaid(hashes),
      costPicoUsd: run.costPicoUsd,
      outputFileId: output?.id ?? null,
      errorFileId: errors?.id ?? null,
      outputLines: run.answers,
      failedOnce: run.failedOnce,
    },
  }
}
