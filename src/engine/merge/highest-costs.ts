import type { FileHandle } from 'node:fs/promises'
import { mostPicoUsd } from '../../domain/money.ts'
import type { Usage } from '../../domain/request.ts'
import type { AttemptRow, BatchRow } from '../../ports/state.ts'
import type { RequestCounter } from '../../planning/tokens/request-counter.ts'
import { type CountingWire, mostLineTokens, reservedCount } from '../build/count-exact-tokens.ts'
import type { BatchRequest } from '../../ports/store/answers.ts'
import type { Flow } from '../flow.ts'
import { readAttached } from '../files/attached-file.ts'
import { bytesOf, requestFile } from '../files/durable-file.ts'
import { openFile } from '../open-file.ts'
import type { RunSpec } from '../spec.ts'

interface SentBatch {
  readonly flow: Pick<Flow, 'filesDir'>
  readonly spec: RunSpec
  readonly job: { readonly provider: CountingWire }
  readonly attempt: Pick<AttemptRow, 'reservedMicroUsd'>
  readonly batch: Pick<BatchRow, 'tag' | 'exact' | 'bytes'>
}

interface OpenLines {
  readonly handle: FileHandle
  readonly attached: ReturnType<typeof readAttached>
  readonly counter: RequestCounter | null
}

/**
 * The most that each request of a batch can have cost, bounded as the reservation of its file was, so that all of them
 * together are never more than that. The file is read when asked.
 */
export class HighestCosts implements AsyncDisposable {
  readonly #options: SentBatch
  #lines: Promise<OpenLines | null> | null = null

  constructor(options: SentBatch) {
    this.#options = options
  }

  /** In pico-dollars, and no less than what is told of its usage; 0 where no price is known. Throws E_DISK. */
  async of(request: Sent, told: Usage | null = null): Promise<number> {
    const { price, maxOutputTokens } = this.#options.spec
    if (price === null) return 0
    this.#lines ??= this.#open()
    const lines = await this.#lines
    const line = lines === null ? null : await readLine(lines.handle, request)
    const toldTokens = { inputTokens: told?.inputTokens ?? 0, outputTokens: told?.outputTokens ?? 0 }
    if (lines === null || line === null)
      return Math.max(this.#shareByBytes(request), mostPicoUsd(price, toldTokens))
    const spans = lines.attached.get(request.line ?? -1) ?? []
    return mostPicoUsd(price, {
      inputTokens: Math.max(mostLineTokens(line, spans, lines.counter, price), toldTokens.inputTokens),
      outputTokens: Math.max(maxOutputTokens ?? 0, toldTokens.outputTokens),
    })
  }

  /** The most that so many of some requests can have cost, whichever of them they are. Throws E_DISK. */
  async ofDearest(requests: readonly Sent[], count: number): Promise<number> {
    const costs: number[] = []
    for (const request of requests) costs.push(await this.of(request))
    const dearest = costs.toSorted((one, other) => other - one).slice(0, count)
    return dearest.reduce((sum, cost) => sum + cost, 0)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#lines)?.handle[Symbol.asyncDispose]()
  }

  /** Null: the file was removed. */
  async #open(): Promise<OpenLines | null> {
    const { flow, spec, batch, job } = this.#options
    const path = requestFile(flow.filesDir, batch.tag)
    if ((await bytesOf(path)) === null) return null
    const counter = await reservedCount(spec, batch, job.provider)
    return { attached: readAttached(flow.filesDir, batch.tag), counter, handle: await openFile(path, 'r') }
  }

  /** Its part of what was reserved, by its length: all that is known of a line that is not at hand any more. */
  #shareByBytes({ fileLength }: Sent): number {
    const { attempt, batch } = this.#options
    return Math.floor((attempt.reservedMicroUsd * 1e6 * (fileLength ?? 0)) / Math.max(1, batch.bytes))
  }
}

type Sent = Pick<BatchRequest, 'line' | 'fileOffset' | 'fileLength'>

/** Null: the file ends before it. */
async function readLine(handle: FileHandle, { fileOffset, fileLength }: Sent): Promise<Buffer | null> {
  if (fileOffset === null || fileLength === null) return null
  const buffer = Buffer.allocUnsafe(fileLength)
  const { bytesRead } = await handle.read(buffer, 0, fileLength, fileOffset)
  return bytesRead === fileLength ? buffer : null
}
