import { writeFile } from 'node:fs/promises'
import { batchFileLifeSeconds } from '../../dialects/openai/api/files.ts'
import { derivedFileId } from '../ids.ts'
import { type BatchRecord, type FileRecord, type Settlement, numberOption, scenarioOf } from '../records.ts'
import type { State } from '../state.ts'
import { type OutputFile, cutFile } from './output-file.ts'
import { privateFile } from '../disk.ts'

type Part = 'output' | 'error'

/** OpenAI leaves an empty file out; Azure always has both, of 0 bytes if need be (Azure guide). */
export async function keepResultFile(
  state: State,
  batch: BatchRecord,
  part: Part,
  file: OutputFile,
  lines: number,
): Promise<FileRecord | null> {
  const id = derivedFileId(batch.profile, `${batch.id}/${part}`)
  const path = state.filePath(id)
  let bytes = await file.finish(path)
  const forced = part === 'error' && scenarioOf(batch, 'empty-error-file') !== undefined
  if (lines === 0 && batch.profile === 'openai' && !forced) return null
  const torn = part === 'output' ? scenarioOf(batch, 'truncated-output') : undefined
  if (torn) bytes = await cutFile(path, numberOption(torn, 'bytes'))
  return resultFile(state, batch, part, id, bytes)
}

/** A batch that failed validation: nothing ran, but Azure names two empty files (Azure guide). */
export async function settleFailed(
  state: State,
  batch: BatchRecord,
): Promise<{ readonly settlement: Settlement; readonly files: readonly FileRecord[] } | null> {
  if (batch.profile === 'openai' && !scenarioOf(batch, 'failed-with-files')) return null
  const files = await Promise.all(
    (['output', 'error'] as const).map(async (part) => {
      const id = derivedFileId(batch.profile, `${batch.id}/${part}`)
      await writeFile(state.filePath(id), '', { mode: privateFile })
      return resultFile(state, batch, part, id, 0)
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
      outputLines: 0,
      failedOnce: [],
    },
  }
}

function resultFile(state: State, batch: BatchRecord, part: Part, id: string, bytes: number): FileRecord {
  const createdAtMs = state.clock.nowMs()
  return {
    id,
    profile: batch.profile,
    filename: `${batch.id}_${part}.jsonl`,
    bytes,
    purpose: 'batch_output',
    createdAtMs,
    expiresAtMs: createdAtMs + (batch.outputExpiresSeconds ?? batchFileLifeSeconds) * 1000,
    processedAtMs: createdAtMs,
    maker: batch.maker,
    resultOf: { batchId: batch.id, part },
  }
}
