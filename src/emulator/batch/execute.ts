import { writeFile } from 'node:fs/promises'
import { hashHigh, hashLow, lineCostPicoUsd, writeHashes } from '../bill.ts'
import { type Executed, rateLimited, serverError } from '../answers/executed.ts'
import { derivedFileId, lineDigest, uuidFrom } from '../ids.ts'
import { type JsonObject, isObject, parseJson, textIn } from '../json.ts'
import { type Line, isBlank, readLines } from './lines.ts'
import { findMarkers, type Marker } from '../answers/markers.ts'
import { type OutputFile, createOutputFile, cutFile } from './output-file.ts'
import { type Random, createRandom, hashText } from '../random.ts'
import { type BatchRecord, type FileRecord, type Settlement, numberOption, scenarioOf } from '../records.ts'
import { bodyHash, runRequest } from '../answers/run-line.ts'
import type { Timetable } from './timetable.ts'
import { batchModel, plainEndpoint } from './validate-line.ts'
import { BATCH_FILE_LIFE_SECONDS } from '../api/files.ts'
import type { World } from '../world.ts'

/** Why a line did not run. */
export type Skipped = 'batch_expired' | 'batch_cancelled'

/** OpenAI guide, Batch API: the line of a request that the window closed on. */
const SKIPPED_TEXT: Readonly<Record<Skipped, string>> = {
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
  readonly world: World
  readonly execution: Execution
  readonly endpoint: string
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
export async function execute(world: World, execution: Execution): Promise<BatchResult> {
  const { batch } = execution
  // By its place among all batches, not by its id: the same calls with the same seed give the same order.
  const place = [...world.batches.keys()].indexOf(batch.id)
  const seed = hashText(String(place), world.settings.seed)
  const run: Run = {
    world,
    execution,
    endpoint: plainEndpoint(batch.endpoint),
    output: await createOutputFile(world.temporaryPath(`${batch.id}.output`), createRandom(seed)),
    errors: await createOutputFile(world.temporaryPath(`${batch.id}.errors`), createRandom(seed + 1)),
    random: createRandom(seed + 2),
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
  for await (const lines of readLines(world.snapshotPath(batch.id))) {
    for (const line of lines) {
      if (isBlank(line)) continue
      const verdict = execution.isDue(index) ? 'run' : await execution.gate(index)
      if (verdict === 'run') runOne(run, line, index)
      else skipOne(run, line, verdict)
      index += 1
    }
  }
  return settle(run)
}

function runOne(run: Run, line: Line, index: number): void {
  const { batch, progress } = run.execution
  const request = parseJson(line.text)
  if (!isObject(request) || !isObject(request['body'])) return
  const { body } = request
  const customId = textIn(request, 'custom_id')
  const digest = lineDigest(batch.id, index)
  const hash = bodyHash(body)
  const executed = runBody(run, body, hash, index)
  const written = resultLine(batch, customId, digest, executed)
  const markers = findMarkers(line.text)
  if (executed.status !== 200) {
    progress.failed += 1
    run.errorLines += 1
    run.errors.add(written)
    return
  }
  progress.completed += 1
  charge(run, body, executed, hash)
  for (const text of playWithLine(batch, written, index, markers)) {
    run.outputLines += 1
    run.output.add(text)
  }
}

function runBody(run: Run, body: JsonObject, hash: string, index: number): Executed {
  const { world, execution, endpoint } = run
  const { batch } = execution
  const { failRate, deployments } = world.settings
  if (scenarioOf(batch, 'all-failed')) return serverError()
  const broken = scenarioOf(batch, 'line-5xx')
  if (broken && index % numberOption(broken, 'every', 10) === 0) {
    const status = numberOption(broken, 'status', 500)
    return status === 429 ? rateLimited() : serverError(status)
  }
  if (failRate > 0 && run.random() < failRate) return serverError()
  const requestedModel = textIn(body, 'model')
  const model = batchModel(requestedModel, { profile: batch.profile, deployments, endpoint })
  if (!model) return serverError()
  const failOnce = !world.failedOnce.has(hash) || world.failedOnce.get(hash) === batch.id
  const executed = runRequest(endpoint, body, {
    profile: batch.profile,
    model,
    requestedModel,
    // Equal bodies get equal answers; ids inside them differ by line.
    digest: hash,
    createdAtSeconds: Math.floor((batch.times.in_progress ?? batch.createdAtMs) / 1000),
    failOnce,
    knownTokens: execution.lineTokens[index],
  })
  if (failOnce && executed.status === 500) run.failedOnce.push(hash)
  return executed
}

function charge(run: Run, body: JsonObject, executed: Executed, hash: string): void {
  const { batch } = run.execution
  const model = batchModel(textIn(body, 'model'), {
    profile: batch.profile,
    deployments: run.world.settings.deployments,
    endpoint: run.endpoint,
  })
  if (!model || !executed.usage) return
  run.hashes.push(hashHigh(hash), hashLow(hash))
  run.inputTokens += executed.usage.inputTokens
  run.outputTokens += executed.usage.outputTokens
  run.costPicoUsd += lineCostPicoUsd(model, executed.usage, 'batch')
}

/** Azure lines have no id of their own and UUIDs as request ids (Azure guide, Global Batch). */
function resultLine(batch: BatchRecord, customId: string, digest: string, executed: Executed): string {
  const azure = batch.profile === 'azure'
  return JSON.stringify({
    ...(azure ? {} : { id: `batch_req_${digest.slice(0, 32)}` }),
    custom_id: customId,
    response: {
      status_code: executed.status,
      request_id: azure ? uuidFrom(digest) : digest.slice(8, 40),
      body: executed.body,
    },
    error: null,
  })
}

function skipOne(run: Run, line: Line, reason: Skipped): void {
  const { batch } = run.execution
  const request = parseJson(line.text)
  const customId = textIn(request, 'custom_id')
  run.errorLines += 1
  run.errors.add(
    JSON.stringify({
      ...(batch.profile === 'azure'
        ? {}
        : { id: `batch_req_${lineDigest(batch.id, line.number).slice(0, 32)}` }),
      custom_id: customId,
      response: null,
      error: { code: reason, message: SKIPPED_TEXT[reason] },
    }),
  )
}

/** Lines may be lost, doubled, broken or strange, by marker or scenario. */
function playWithLine(
  batch: BatchRecord,
  written: string,
  index: number,
  markers: ReadonlySet<Marker>,
): readonly string[] {
  const strikes = (name: string): boolean => {
    const scenario = scenarioOf(batch, name)
    return scenario !== undefined && index % numberOption(scenario, 'every', 10) === 0
  }
  if (markers.has('line_missing') || strikes('missing-lines')) return []
  if (markers.has('line_duplicate') || strikes('duplicate-lines')) return [written, written]
  if (index > 0) return [written]
  if (scenarioOf(batch, 'malformed-line')) return [written.slice(0, Math.floor(written.length / 2))]
  if (!scenarioOf(batch, 'unknown-custom-id')) return [written]
  return [written, written.replace(/"custom_id":"(?:[^"\\]|\\.)*"/, '"custom_id":"nobody-asked-for-this"')]
}

async function settle(run: Run): Promise<BatchResult> {
  const { world, execution } = run
  const { batch, progress } = execution
  const hashes = Uint32Array.from(run.hashes)
  for (const hash of run.failedOnce) world.failedOnce.set(hash, batch.id)
  await writeHashes(world.hashesPath(batch.id), hashes)
  const output = await keepFile(run, run.output, 'output', run.outputLines)
  const errors = await keepFile(run, run.errors, 'error', run.errorLines)
  return {
    files: [output, errors].filter((file) => file !== null),
    settlement: {
      completed: progress.completed,
      failed: progress.failed,
      usage: { inputTokens: run.inputTokens, outputTokens: run.outputTokens },
      billedRequests: run.hashes.length / 2,
      // From here to the journal nothing waits, so that no other batch counts the same bodies in between.
      duplicateRequests: world.bill.notePaid(hashes),
      costPicoUsd: run.costPicoUsd,
      outputFileId: output?.id ?? null,
      errorFileId: errors?.id ?? null,
      failedOnce: run.failedOnce,
    },
  }
}

/** A batch that failed validation: nothing ran, but Azure names two empty files (Azure guide). */
export async function settleFailed(world: World, batch: BatchRecord): Promise<BatchResult | null> {
  if (batch.profile === 'openai') return null
  const files = await Promise.all(
    (['output', 'error'] as const).map(async (part) => {
      const id = derivedFileId(batch.profile, `${batch.id}/${part}`)
      await writeFile(world.filePath(id), '')
      return resultFile(world, batch, part, id, 0)
    }),
  )
  return {
    files,
    settlement: {
      completed: 0,
      failed: 0,
      usage: { inputTokens: 0, outputTokens: 0 },
      billedRequests: 0,
      duplicateRequests: 0,
      costPicoUsd: 0,
      outputFileId: files[0]?.id ?? null,
      errorFileId: files[1]?.id ?? null,
      failedOnce: [],
    },
  }
}

/** OpenAI leaves an empty file out; Azure always has both, of 0 bytes if need be (Azure guide). */
async function keepFile(
  run: Run,
  file: OutputFile,
  part: 'output' | 'error',
  lines: number,
): Promise<FileRecord | null> {
  const { world } = run
  const { batch } = run.execution
  const id = derivedFileId(batch.profile, `${batch.id}/${part}`)
  const path = world.filePath(id)
  let bytes = await file.finish(path)
  const forced = part === 'error' && scenarioOf(batch, 'empty-error-file') !== undefined
  if (lines === 0 && batch.profile === 'openai' && !forced) return null
  const torn = part === 'output' ? scenarioOf(batch, 'truncated-output') : undefined
  if (torn) bytes = await cutFile(path, numberOption(torn, 'bytes', 40))
  return resultFile(world, batch, part, id, bytes)
}

function resultFile(
  world: World,
  batch: BatchRecord,
  part: 'output' | 'error',
  id: string,
  bytes: number,
): FileRecord {
  const createdAtMs = world.clock.nowMs()
  return {
    id,
    profile: batch.profile,
    filename: `${batch.id}_${part}.jsonl`,
    bytes,
    purpose: 'batch_output',
    createdAtMs,
    expiresAtMs: createdAtMs + (batch.outputExpiresSeconds ?? BATCH_FILE_LIFE_SECONDS) * 1000,
    processedAtMs: createdAtMs,
  }
}
