import { hashHigh, hashLow, lineCostPicoUsd, writeHashes } from '../bill.ts'
import { type Executed, serverError } from '../../dialects/openai/answers/executed.ts'
import { findMarkers, type Marker } from '../answers/markers.ts'
import { bodyHash, runRequest } from '../../dialects/openai/answers/run-line.ts'
import { lineDigest, uuidFrom } from '../ids.ts'
import { isObject, parseJson, textIn } from '../json.ts'
import { seededRandom, hashText, type Random } from '../random.ts'
import type { BatchRecord, FileRecord, Settlement } from '../records.ts'
import { batchScenario } from '../scenarios/known.ts'
import type { LineAt, LinePlay, ResultLine } from '../scenarios/line-play.ts'
import type { State } from '../state.ts'
import { type Line, isBlank, readLines } from './lines.ts'
import { type OutputFile, openOutputFile } from './output-file.ts'
import { keepResultFile } from './result-file.ts'
import type { Timetable } from './timetable.ts'
import { batchModel, plainEndpoint } from '../../dialects/openai/batch/validate-line.ts'

/** Why a line did not run. */
export type Skipped = 'batch_expired' | 'batch_cancelled'

/** OpenAI guide, Batch API: the line of a request that the window closed on. */
const skippedTexts: Readonly<Record<Skipped, string>> = {
  batch_expired: 'This request could not be executed before the completion window expired.',
  batch_cancelled: 'This request was not executed because the batch was cancelled.',
}

/** What `execute` asks of its caller, who owns clock and state. */
export interface Execution {
  readonly batch: BatchRecord
  readonly timetable: Timetable
  /** Prompt tokens by line, as far as they are known; after a restart they are not. */
  readonly lineTokens: readonly number[]
  /** Waits until the line is due; says what to do with it. */
  gate(index: number): Promise<'run' | Skipped>
  /** True while `gate` would answer at once for this line. */
  isDue(index: number): boolean
  progress: { completed: number; failed: number }
}

export interface BatchResult {
  readonly settlement: Settlement
  readonly files: readonly FileRecord[]
}

interface Run {
  readonly state: State
  readonly execution: Execution
  readonly endpoint: string
  /** What the scenarios of the batch do to its lines; mostly nothing. */
  readonly plays: readonly LinePlay[]
  readonly output: OutputFile
  readonly errors: OutputFile
  readonly random: Random
  readonly hashes: number[]
  readonly failedOnce: string[]
  outputLines: number
  errorLines: number
  inputTokens: number
  outputTokens: number
  costPicoUsd: number
}

/**
 * Runs the lines of a batch in their order, each when it is due, and writes its output and error files.
 * A pure function of input, timetable and the moment of cancelling: after a crash the same comes out again.
 */
export async function execute(state: State, execution: Execution): Promise<BatchResult> {
  const { batch } = execution
  // By its place among all batches, not by its id: the same calls with the same seed give the same order.
  const place = [...state.batches.keys()].indexOf(batch.id)
  const seed = hashText(String(place), state.settings.seed)
  const run: Run = {
    state,
    execution,
    endpoint: plainEndpoint(batch.endpoint),
    plays: batch.scenarios.flatMap((scenario) => batchScenario(scenario.name)?.lines?.(scenario) ?? []),
    output: await openOutputFile(state.temporaryPath(`${batch.id}.output`), seededRandom(seed)),
    errors: await openOutputFile(state.temporaryPath(`${batch.id}.errors`), seededRandom(seed + 1)),
    random: seededRandom(seed + 2),
    hashes: [],
    failedOnce: [],
    outputLines: 0,
    errorLines: 0,
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
      const check = execution.isDue(index) ? 'run' : await execution.gate(index)
      const at = lineAt(run, line, index)
      if (check !== 'run') skipOne(run, at, index, check)
      else if (at) runOne(run, at, line)
      index += 1
    }
  }
  return settle(run)
}

/** `null` for a line whose body is none; validation has let no such line pass. */
function lineAt(run: Run, line: Line, index: number): LineAt | null {
  const request = parseJson(line.text)
  if (!isObject(request) || !isObject(request['body'])) return null
  const { batch } = run.execution
  const { body } = request
  const model = batchModel(textIn(body, 'model'), {
    profile: batch.profile,
    deployments: run.state.deployments(),
    endpoint: run.endpoint,
  })
  const customId = textIn(request, 'custom_id')
  return { batch, index, customId, body, endpoint: run.endpoint, model: model ?? null }
}

function runOne(run: Run, at: LineAt, line: Line): void {
  const { progress } = run.execution
  const hash = bodyHash(at.body)
  const executed = runBody(run, at, hash)
  const written = JSON.stringify(played(run, resultOf(at, executed), at))
  if (executed.status !== 200) {
    progress.failed += 1
    run.errorLines += 1
    run.errors.add(written)
    return
  }
  progress.completed += 1
  charge(run, at, executed, hash)
  for (const text of writtenTexts(run, written, at, findMarkers(line.text))) {
    run.outputLines += 1
    run.output.add(text)
  }
}

function runBody(run: Run, at: LineAt, hash: string): Executed {
  const { state, execution, endpoint, plays } = run
  const { batch, model, index } = at
  for (const play of plays) {
    const instead = play.instead?.(at)
    if (instead) return instead
  }
  const { failRate } = state.settings
  if (failRate > 0 && run.random() < failRate) return serverError()
  if (!model) return serverError()
  const body = plays.reduce((asked, play) => play.asked?.(asked, at) ?? asked, at.body)
  const failOnce = !state.failedOnce.has(hash) || state.failedOnce.get(hash) === batch.id
  const executed = runRequest(endpoint, body, {
    profile: batch.profile,
    model,
    requestedModel: textIn(body, 'model'),
    // Equal bodies get equal answers; ids inside them differ by line.
    digest: hash,
    createdAtSeconds: Math.floor(((batch.times.in_progress ?? batch.createdAtMs) + state.skewMs()) / 1000),
    failOnce,
    knownTokens: execution.lineTokens[index],
  })
  if (failOnce && executed.status === 500) run.failedOnce.push(hash)
  if (executed.status !== 200) return executed
  return plays.reduce((done, play) => play.ran?.(done, at) ?? done, executed)
}

/** By what the model did, whatever the line shows of it. */
function charge(run: Run, { model }: LineAt, executed: Executed, hash: string): void {
  if (!model || !executed.usage) return
  run.hashes.push(hashHigh(hash), hashLow(hash))
  run.inputTokens += executed.usage.inputTokens
  run.outputTokens += executed.usage.outputTokens
  run.costPicoUsd += lineCostPicoUsd(model, executed.usage, 'batch')
}

/** Azure lines have no id of their own and UUIDs as request ids (Azure guide, Global Batch). */
function resultOf({ batch, index, customId }: LineAt, executed: Executed): ResultLine {
  const azure = batch.profile === 'azure'
  const digest = lineDigest(batch.id, index)
  return {
    ...(azure ? {} : { id: `batch_req_${digest.slice(0, 32)}` }),
    custom_id: customId,
    response: {
      status_code: executed.status,
      request_id: azure ? uuidFrom(digest) : digest.slice(8, 40),
      body: executed.body,
    },
    error: null,
  }
}

function skipOne(run: Run, at: LineAt | null, index: number, reason: Skipped): void {
  const { batch } = run.execution
  const result: ResultLine = {
    ...(batch.profile === 'azure' ? {} : { id: `batch_req_${lineDigest(batch.id, index).slice(0, 32)}` }),
    custom_id: at?.customId ?? '',
    response: null,
    error: { code: reason, message: skippedTexts[reason] },
  }
  run.errorLines += 1
  run.errors.add(JSON.stringify(at ? played(run, result, at) : result))
}

function played(run: Run, result: ResultLine, at: LineAt): ResultLine {
  return run.plays.reduce((shown, play) => play.shown?.(shown, at) ?? shown, result)
}

/** Lines may be lost, doubled, broken or strange, by marker or scenario. */
function writtenTexts(
  run: Run,
  written: string,
  at: LineAt,
  markers: ReadonlySet<Marker>,
): readonly string[] {
  if (markers.has('line_missing')) return []
  if (markers.has('line_duplicate')) return [written, written]
  return run.plays.reduce<readonly string[]>(
    (texts, play) => (play.written ? texts.flatMap((text) => play.written?.(text, at) ?? [text]) : texts),
    [written],
  )
}

async function settle(run: Run): Promise<BatchResult> {
  const { state, execution } = run
  const { batch, progress } = execution
  const hashes = Uint32Array.from(run.hashes)
  for (const hash of run.failedOnce) state.failedOnce.set(hash, batch.id)
  await writeHashes(state.hashesPath(batch.id), hashes)
  const output = await keepResultFile(state, batch, 'output', run.output, run.outputLines)
  const errors = await keepResultFile(state, batch, 'error', run.errors, run.errorLines)
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
      outputLines: run.outputLines,
      failedOnce: run.failedOnce,
    },
  }
}
