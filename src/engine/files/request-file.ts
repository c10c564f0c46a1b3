import { rm } from 'node:fs/promises'
import { diskFault } from '../../domain/disk-fault.ts'
import { customId } from '../../domain/request.ts'
import { microFromPico, mostPicoUsd, type Price } from '../../domain/money.ts'
import type { InputUnit } from '../../domain/token-rule.ts'
import type { LineFrame } from '../../ports/provider/wire.ts'
import { maxRequestTokens } from '../../planning/tokens/count-tokens.ts'
import { type FileLimits, fits, type FileSoFar } from '../../planning/requests/split.ts'
import { DurableFile, requestFile, rowsFile } from './durable-file.ts'
import { attachedEntry, attachedFile } from './attached-file.ts'
import { type AttachedSpan, sumSpans } from './body.ts'

/** Sizes and bounds of a finished file. */
export interface FinishedFile {
  readonly bytes: number
  readonly requests: number
  /** Upper bounds over all lines. */
  readonly maxTokens: number
  readonly maxCostMicroUsd: number
  /** Whether it has fewer requests than a batch needs. */
  readonly isSmall: boolean
}

/** Fields of a finished file that the state keeps. */
export function sizeOf({
  bytes,
  requests,
  maxTokens,
  maxCostMicroUsd,
}: FinishedFile): Omit<FinishedFile, 'isSmall'> {
  return { bytes, requests, maxTokens, maxCostMicroUsd }
}

export interface RequestFileOptions {
  readonly filesDir: string
  /** Ten characters that begin every `custom_id` of the file. */
  readonly tag: string
  readonly frame: LineFrame
  readonly limits: FileLimits
  /** What its input is counted in. */
  readonly unit: InputUnit
  readonly price: Price | null
  readonly maxOutputTokens: number | null
  /** A file of fewer requests than a batch needs is asked one by one, at that price; null: any file is a batch. */
  readonly small: { readonly below: number; readonly price: Price | null } | null
}

/**
 * The removal of the files of a tag whose commit has found a full disk, which leaves nothing of it: repeated tries
 * would take the room that the state needs. After any other failure they stay, because the commit may have been made.
 */
export async function removeUncommitted(filesDir: string, tag: string, thrown: unknown): Promise<void> {
  if (diskFault(thrown) !== 'full') return
  for (const path of [requestFile(filesDir, tag), rowsFile(filesDir, tag), attachedFile(filesDir, tag)])
    await rm(path, { force: true })
}

/** Where a line of the file begins and how long it is, its line feed left out. */
export interface Line {
  readonly line: number
  readonly offset: number
  readonly length: number
}

const lineEnd = Buffer.from('}\n')

/** One input file of a batch as it grows; it never exceeds a limit, because exact bytes are known before they are written. */
export class RequestFile {
  readonly #options: RequestFileOptions
  readonly #file: DurableFile
  #rows: DurableFile | null = null
  #attached: DurableFile | null = null
  #soFar: FileSoFar = { requests: 0, bytes: 0, tokens: 0 }
  #maxCostPico = 0
  #maxSmallCostPico = 0

  constructor(options: RequestFileOptions, spare?: Buffer[]) {
    this.#options = options
    this.#file = new DurableFile(options.filesDir, options.tag, spare)
  }

  get requests(): number {
    return this.#soFar.requests
  }

  /** Whether a body of so many bytes goes in here, needs a new file, or fits nowhere. */
  fits(bodyBytes: number, spans: readonly AttachedSpan[]): 'add' | 'close' | 'oversize' {
    const frame = this.#frame(this.#soFar.requests).length
    return fits(
      this.#soFar,
      { bytes: frame + bodyBytes + lineEnd.length, tokens: this.#mostTokens(bodyBytes, spans) },
      this.#options.limits,
    )
  }

  add(body: Uint8Array, spans: readonly AttachedSpan[]): Line {
    const { price, maxOutputTokens, small } = this.#options
    const line = this.#soFar.requests
    const offset = this.#file.bytes
    const length =
      this.#file.addText(this.#frame(line)) + this.#file.addBytes(body) + this.#file.addBytes(lineEnd)
    if (spans.length > 0) this.#noteAttached(line, spans)
    const tokens = this.#mostTokens(body.length, spans)
    const most = { inputTokens: tokens, outputTokens: maxOutputTokens ?? 0 }
    if (price) this.#maxCostPico += mostPicoUsd(price, most)
    if (small?.price && line < small.below) this.#maxSmallCostPico += mostPicoUsd(small.price, most)
    this.#soFar = { requests: line + 1, bytes: offset + length, tokens: this.#soFar.tokens + tokens }
    return { line, offset, length: length - 1 }
  }

  #mostTokens(bodyBytes: number, spans: readonly AttachedSpan[]): number {
    return maxRequestTokens(bodyBytes, sumSpans(spans), this.#options.unit)
  }

  /** Keeps a row beside the file; its place in the file of rows. */
  addRow(json: string): { readonly offset: number; readonly length: number } {
    this.#rows ??= new DurableFile(this.#options.filesDir, `${this.#options.tag}.rows`)
    const offset = this.#rows.bytes
    const length = this.#rows.addText(json)
    this.#rows.addText('\n')
    return { offset, length }
  }

  #noteAttached(line: number, spans: readonly AttachedSpan[]): void {
    this.#attached ??= new DurableFile(this.#options.filesDir, `${this.#options.tag}.attached`)
    this.#attached.addText(attachedEntry(line, spans))
  }

  /** Waits while the disk is too far behind; called after every record, so that memory stays flat. */
  async room(): Promise<void> {
    await this.#file.room()
    await this.#rows?.room()
    await this.#attached?.room()
  }

  /** Syncs the files and gives them their names. */
  async finish(): Promise<FinishedFile> {
    const { filesDir, tag, small } = this.#options
    const isSmall = small !== null && this.#soFar.requests < small.below
    if (this.#rows) {
      await this.#rows.close()
      await this.#rows.rename(rowsFile(filesDir, tag))
    }
    if (this.#attached) {
      await this.#attached.close()
      await this.#attached.rename(attachedFile(filesDir, tag))
    }
    const bytes = await this.#file.close()
    await this.#file.rename(requestFile(filesDir, tag))
    return {
      bytes,
      requests: this.#soFar.requests,
      maxTokens: this.#soFar.tokens,
      maxCostMicroUsd: microFromPico(isSmall ? this.#maxSmallCostPico : this.#maxCostPico),
      isSmall,
    }
  }

  async discard(): Promise<void> {
    await this.#file.discard()
    await this.#rows?.discard()
    await this.#attached?.discard()
  }

  #frame(line: number): string {
    const { tag, frame } = this.#options
    return `${frame.beforeId}${customId(tag, line)}${frame.beforeBody}`
  }
}
