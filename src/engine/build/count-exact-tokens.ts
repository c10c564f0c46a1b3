import type { Provider } from '../../ports/provider/provider.ts'
import { OffpeakError } from '../../domain/errors.ts'
import { microFromPico, mostPicoUsd, type Price } from '../../domain/money.ts'
import { maxRequestTokens } from '../../planning/tokens/count-tokens.ts'
import { type RequestCounter, requestCounter } from '../../planning/tokens/request-counter.ts'
import type { BatchRow } from '../../ports/state.ts'
import type { RunSpec } from '../spec.ts'
import type { Step } from '../step/step.ts'
import { readAttached } from '../files/attached-file.ts'
import { bodyOfLine, withoutFiles, type AttachedSpan, sumSpans } from '../files/body.ts'
import { requestLines } from '../files/file-lines.ts'

/**
 * The exact tokens and highest cost of a request file, where the cheap bound by bytes did not fit the budget or the
 * quota.
 */
export async function countFile(
  { flow, lease, spec, job }: Step,
  batch: BatchRow,
): Promise<{ readonly maxTokens: number; readonly maxCostMicroUsd: number }> {
  const counter = await counterOf(spec, job.provider)
  const attached = readAttached(flow.filesDir, batch.tag)
  let maxTokens = 0
  let maxCostPico = 0
  for await (const lines of requestLines(flow.filesDir, batch.tag)) {
    lease.check()
    for (const { bytes, number } of lines) {
      const spans = attached.get(number - 1) ?? []
      const inputTokens = lineTokens(bytes, spans, counter)
      maxTokens += inputTokens
      if (spec.price)
        maxCostPico += mostPicoUsd(spec.price, { inputTokens, outputTokens: spec.maxOutputTokens ?? 0 })
    }
    // Counting is work for the processor; the lease and the other units must get their turn.
    await new Promise(setImmediate)
  }
  return { maxTokens, maxCostMicroUsd: microFromPico(maxCostPico) }
}

/** The most input tokens of a line: its texts counted, its files by the figures for them. Throws E_DISK. */
function lineTokens(line: Buffer, spans: readonly AttachedSpan[], counter: RequestCounter): number {
  const body = bodyIn(line)
  const counted = counter.tokens(counter.read(withoutFiles(body, spans))).most
  const files = sumSpans(spans)
  return Math.min(maxRequestTokens(body.length, files, counter.unit), counted + files.tokens)
}

/**
 * The most input tokens that a line can have, bounded as the reservation of its file was: counted, or by bytes where
 * `counter` is null. `price` says what is counted. Throws E_DISK.
 */
export function mostLineTokens(
  line: Buffer,
  spans: readonly AttachedSpan[],
  counter: RequestCounter | null,
  price: Price | null,
): number {
  return counter === null
    ? maxRequestTokens(bodyIn(line).length, sumSpans(spans), price?.unit)
    : lineTokens(line, spans, counter)
}

/** The token counter that the reservation of a batch used; null: that was bounded by bytes. */
export async function reservedCount(
  spec: Pick<RunSpec, 'pricedAs' | 'model'>,
  { exact }: Pick<BatchRow, 'exact'>,
  wire: CountingWire,
): Promise<RequestCounter | null> {
  return exact === 1 ? counterOf(spec, wire) : null
}

/** The part of a provider that counting needs. */
export type CountingWire = Pick<Provider, 'readBody' | 'tokenRule'>

function counterOf(
  { pricedAs, model }: Pick<RunSpec, 'pricedAs' | 'model'>,
  wire: CountingWire,
): Promise<RequestCounter> {
  return requestCounter(wire, pricedAs ?? model)
}

function bodyIn(line: Buffer): Buffer {
  const body = bodyOfLine(line)
  if (body === null)
    throw new OffpeakError('E_DISK', 'a line of a request file has no body', {
      fix: 'put the file back as it was written, and the run continues',
    })
  return body
}
