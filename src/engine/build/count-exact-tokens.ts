import { OffpeakError } from '../../domain/errors.ts'
import { microFromPico, mostPicoUsd } from '../../domain/money.ts'
import {
  type CountTokens,
  countRequestTokens,
  encodingFor,
  loadTokenizer,
  maxRequestTokens,
} from '../../planning/tokens/count-tokens.ts'
import type { BatchRow } from '../../ports/state.ts'
import type { RunSpec } from '../spec.ts'
import type { Step } from '../step/step.ts'
import { readAttached } from '../files/attached-file.ts'
import { bodyOfLine, withoutFiles } from '../files/stored-body.ts'
import { type AttachedSpan, sumSpans } from '../files/write-body.ts'
import { requestLines } from '../files/request-lines.ts'
import { requestOfBody } from '../files/request-of-body.ts'

/** Counts the tokens of a request file exactly, where the cheap bound by bytes did not fit the budget or the quota. */
export async function countFile(
  { flow, lease, spec }: Step,
  batch: BatchRow,
): Promise<{ readonly maxTokens: number; readonly maxCostMicroUsd: number }> {
  const { count } = await loadTokenizer(encodingFor(spec.pricedAs ?? spec.model))
  const attached = readAttached(flow.filesDir, batch.tag)
  let maxTokens = 0
  let maxCostPico = 0
  for await (const lines of requestLines(flow.filesDir, batch.tag)) {
    lease.check()
    for (const { bytes, number } of lines) {
      const spans = attached.get(number - 1) ?? []
      const inputTokens = lineTokens(spec.model, bytes, spans, count)
      maxTokens += inputTokens
      if (spec.price)
        maxCostPico += mostPicoUsd(spec.price, { inputTokens, outputTokens: spec.maxOutputTokens ?? 0 })
    }
    // Counting is work for the processor; the lease and the other units must get their turn.
    await new Promise(setImmediate)
  }
  return { maxTokens, maxCostMicroUsd: microFromPico(maxCostPico) }
}

/** The input tokens of a line: its texts counted, its files by the figures for them. Throws E_STATE_CORRUPT. */
function lineTokens(model: string, line: Buffer, spans: readonly AttachedSpan[], count: CountTokens): number {
  return countRequestTokens(requestOfBody(model, wireBody(line, spans)), count) + sumSpans(spans).tokens
}

/**
 * The most input tokens that a line can have, bounded as the reservation of its file was: counted, or by bytes where
 * `count` is null. Throws E_STATE_CORRUPT.
 */
export function mostLineTokens(
  model: string,
  line: Buffer,
  spans: readonly AttachedSpan[],
  count: CountTokens | null,
): number {
  return count === null
    ? maxRequestTokens(bodyIn(line).length, sumSpans(spans))
    : lineTokens(model, line, spans, count)
}

/** Counts as the reservation of a batch did; null: that was bounded by bytes. */
export async function reservedCount(
  { pricedAs, model }: Pick<RunSpec, 'pricedAs' | 'model'>,
  { exact }: Pick<BatchRow, 'exact'>,
): Promise<CountTokens | null> {
  return exact === 1 ? (await loadTokenizer(encodingFor(pricedAs ?? model))).count : null
}

function bodyIn(line: Buffer): Buffer {
  const body = bodyOfLine(line)
  if (body === null) throw new OffpeakError('E_STATE_CORRUPT', 'a line of a request file has no body')
  return body
}

function wireBody(line: Buffer, spans: readonly AttachedSpan[]): Parameters<typeof requestOfBody>[1] {
  const value: Parameters<typeof requestOfBody>[1] = Object(withoutFiles(bodyIn(line), spans))
  return value
}
