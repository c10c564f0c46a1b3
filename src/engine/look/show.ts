import { join } from 'node:path'
import { OffpeakError } from '../../domain/errors.ts'
import { keySeparator, typedKey } from '../../domain/record-key.ts'
import type { Outcome } from '../../domain/outcome.ts'
import type { RequestRow, RunRow } from '../../ports/state.ts'
import { readBytes, readSlice, requestFile, rowsFile } from '../requests/artefacts.ts'
import { readAttached } from '../requests/attached-file.ts'
import { bodyOfLine, withoutFiles } from '../requests/body.ts'
import type { Flow } from '../flow.ts'

/** Everything that is known about one record of a run. */
export interface RecordView {
  readonly schema: 'offpeak.record/1'
  readonly run: string
  readonly key: string
  readonly outcome: Outcome
  readonly reason: string | null
  readonly tries: number
  readonly batch: number | null
  readonly line: number | null
  readonly providerBatchId: string | null
  /** The body that was sent, with name and size instead of attached files; null when nothing was, or its file is gone. */
  readonly request: unknown
  /** The row, when the run keeps rows. */
  readonly row: unknown
  /** The raw line that came back. */
  readonly answer: unknown
  /** What the model wrote. */
  readonly text: string | null
  readonly inputTokens: number | null
  readonly outputTokens: number | null
  readonly costUsd: number | null
  readonly foldedInto: string | null
}

/** So many parts are named to somebody who asks for the whole record. */
const namedParts = 20

/** Reads one record by its key. Throws E_RECORD_UNKNOWN. */
export async function showRecord(flow: Flow, run: RunRow, key: string): Promise<RecordView> {
  const { store, filesDir } = flow
  const request =
    (await store.request(run.id, key)) ?? (await store.request(run.id, key.replaceAll('/', keySeparator)))
  if (!request) {
    const parts = await store.requests(run.id, {
      keys: [key, key.replaceAll('/', keySeparator)],
      limit: namedParts,
    })
    throw new OffpeakError('E_RECORD_UNKNOWN', `run ${run.id} has no record ${key}`, {
      fix:
        parts.length > 0
          ? `it was asked in parts: ${parts.map((part) => typedKey(part.key)).join(', ')}`
          : run.unchanged > 0
            ? `${run.unchanged} records were done before and are not part of this run`
            : 'check the key; it is the source’s key column as text',
    })
  }
  const first =
    request.foldedInto === null
      ? request
      : ((await store.requests(run.id, { afterSeq: request.foldedInto - 1, limit: 1 }))[0] ?? request)
  const attempt = first.attemptId === null ? null : await store.attempt(first.attemptId)
  const answer = await jsonSlice(
    first.answerFile === null ? null : join(filesDir, first.answerFile),
    first.answerOffset,
    first.answerLength,
  )
  return {
    schema: 'offpeak.record/1',
    run: run.id,
    key: request.key,
    outcome: request.outcome,
    reason: request.reason,
    tries: first.tries,
    batch: request.batchN,
    line: first.line,
    providerBatchId: attempt?.providerBatchId ?? null,
    request: await sentBody(filesDir, first),
    row: await jsonSlice(
      request.fileTag === null ? null : rowsFile(filesDir, request.fileTag),
      request.rowOffset,
      request.rowLength,
    ),
    answer,
    text: await textOf(flow, run, answer),
    inputTokens: request.inputTokens,
    outputTokens: request.outputTokens,
    costUsd: request.costPicoUsd === null ? null : request.costPicoUsd / 1e12,
    foldedInto: request.foldedInto === null ? null : first.key,
  }
}

async function sentBody(
  filesDir: string,
  { fileTag, fileOffset, fileLength, line }: RequestRow,
): Promise<unknown> {
  if (fileTag === null || fileOffset === null || fileLength === null || line === null) return null
  try {
    const body = bodyOfLine(await readBytes(requestFile(filesDir, fileTag), fileOffset, fileLength))
    return body === null ? null : withoutFiles(body, readAttached(filesDir, fileTag).get(line) ?? [])
  } catch {
    // Retention has removed the file; the rest of the record is still worth showing.
    return null
  }
}

async function textOf(flow: Flow, run: RunRow, line: unknown): Promise<string | null> {
  const job = line === null ? null : await flow.job(run.job)
  if (!job) return null
  const parsed = (await flow.provider(job)).line(line)
  if (parsed?.answer.kind === 'vector') return vectorText(parsed.answer.vector)
  return parsed?.answer.kind === 'text' ? parsed.answer.text : null
}

/** A vector says nothing to a reader; its length and first numbers tell that it is one. */
function vectorText(vector: readonly number[]): string {
  const first = vector.slice(0, 3).map((number) => number.toFixed(4))
  return `${vector.length} numbers: ${first.join(', ')}${vector.length > 3 ? ', …' : ''}`
}

async function jsonSlice(
  path: string | null,
  offset: RequestRow['fileOffset'],
  length: RequestRow['fileLength'],
): Promise<unknown> {
  if (path === null || offset === null || length === null) return null
  try {
    return JSON.parse(await readSlice(path, offset, length)) as unknown
  } catch {
    // Retention has removed the file; the rest of the record is still worth showing.
    return null
  }
}
