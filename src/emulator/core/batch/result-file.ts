import { writeFile } from 'node:fs/promises'
import type { BatchRules } from '../dialect.ts'
import { privateFile } from '../disk.ts'
import {
  type BatchRecord,
  type FileRecord,
  type ResultPart,
  type Settlement,
  numberOption,
  scenarioOf,
} from '../records.ts'
import type { State } from '../state.ts'
import { type OutputFile, cutFile } from './output-file.ts'

/**
 * The result file, moved to where it is downloaded from; `null` for a file without a line, where the service has none.
 */
export async function keepResultFile(
  state: State,
  rules: BatchRules,
  batch: BatchRecord,
  result: { readonly part: ResultPart; readonly file: OutputFile; readonly lines: number },
): Promise<FileRecord | null> {
  const { part, file, lines } = result
  const id = rules.resultFileId(batch, part)
  const path = state.filePath(id)
  let bytes = await file.finish(path)
  if (lines === 0 && !rules.keepsEmptyFile(batch, part)) return null
  const torn = part === 'output' ? scenarioOf(batch, 'truncated-output') : undefined
  if (torn) bytes = await cutFile(path, numberOption(torn, 'bytes'))
  return resultFile(state, rules, batch, { part, bytes })
}

/** The empty files of a batch whose input was refused, where the service names any. */
export async function settleFailed(
  state: State,
  rules: BatchRules,
  batch: BatchRecord,
): Promise<{ readonly settlement: Settlement; readonly files: readonly FileRecord[] } | null> {
  const parts = (['output', 'error'] as const).filter((part) =>
    rules.keepsEmptyFile({ ...batch, status: 'failed' }, part),
  )
  if (parts.length === 0) return null
  const files = await Promise.all(
    parts.map(async (part) => {
      await writeFile(state.filePath(rules.resultFileId(batch, part)), '', { mode: privateFile })
      return resultFile(state, rules, batch, { part, bytes: 0 })
    }),
  )
  const idOf = (part: ResultPart): string | null =>
    files.find((file) => file.resultOf?.part === part)?.id ?? null
  return {
    files,
    settlement: {
      completed: 0,
      failed: 0,
      usage: { inputTokens: 0, outputTokens: 0 },
      billedRequests: 0,
      duplicateRequests: 0,
      costPicoUsd: 0,
      outputFileId: idOf('output'),
      errorFileId: idOf('error'),
      outputLines: 0,
      failedOnce: [],
    },
  }
}

function resultFile(
  state: State,
  rules: BatchRules,
  batch: BatchRecord,
  { part, bytes }: { readonly part: ResultPart; readonly bytes: number },
): FileRecord {
  const createdAtMs = state.clock.nowMs()
  return {
    id: rules.resultFileId(batch, part),
    profile: batch.profile,
    filename: rules.resultFileName?.(batch, part) ?? `${batch.id}_${part}.jsonl`,
    bytes,
    purpose: 'batch_output',
    createdAtMs,
    expiresAtMs: rules.resultFileExpiresAtMs(batch, createdAtMs),
    processedAtMs: createdAtMs,
    maker: batch.maker,
    resultOf: { batchId: batch.id, part },
  }
}
