import type { FileHandle } from 'node:fs/promises'
import type { Outcome } from '../../domain/outcome.ts'
import type { Price } from '../../domain/money.ts'
import { mostOfTriesPicoUsd, repairTokens } from '../../planning/money/most-of-tries.ts'
import { maxRequestTokens } from '../../planning/tokens/count-tokens.ts'
import { countedTries } from '../../planning/waiting/retry.ts'
import type { BatchRow, RequestRow } from '../../ports/state.ts'
import { type CountingWire, mostLineTokens, reservedCount } from '../build/count-exact-tokens.ts'
import { readAttached } from '../files/attached-file.ts'
import { bytesOf, requestFile } from '../files/durable-file.ts'
import { sumSpans } from '../files/body.ts'
import { openFile } from '../open-file.ts'
import type { RunSpec } from '../spec.ts'

/** What is told of a request that ended so is told of its last try. */
const answered: readonly Outcome[] = [
  'invalid',
  'review',
  'declined',
  'truncated',
  'refused',
  'stale',
  'rejected',
]

/** So much is counted in about a second; what is beyond it is bounded by its bytes. */
const countedBytes = 4 * 1024 * 1024

interface MostOptions {
  readonly filesDir: string
  readonly spec: RunSpec
  /** Null: the job cannot be loaded now, and bytes bound its requests. */
  readonly wire: CountingWire | null
  /** Those at which each try may be sent: the dearest counts. */
  readonly prices: readonly Price[]
  /** So many of the requests may be sent once at another price. */
  readonly fallback: { readonly price: Price; readonly requests: number } | null
}

interface OpenLines {
  readonly tag: string
  /** Null: the file was removed. */
  readonly handle: FileHandle | null
  readonly attached: ReturnType<typeof readAttached>
}

/** Requests of one file with as many tries left, whose tokens were not counted one by one. */
interface Uncounted {
  readonly max: number
  /** What the whole file can have: no part of it has more. */
  readonly fileTokens: number
  requests: number
  picoUsd: number
}

/**
 * The most that requests can cost which are sent again as they lie in their files, with every try that the rules of the
 * job still make of each. Never less than what can be billed: the tokens of a request are those that a service told for
 * these very bytes, else its own, counted from its line; of a large choice, its bytes, and of one file never more
 * together than the file has.
 */
export class MostOfRetry implements AsyncDisposable {
  readonly #options: MostOptions
  readonly #uncounted = new Map<string, Uncounted>()
  /** The files that these requests are in now: they come into no more of them than before. */
  readonly #files = new Set<number>()
  #tries = 0
  #open: OpenLines | null = null
  #bytes = 0
  #picoUsd = 0
  #requests = 0
  #dearerPicoUsd = 0

  constructor(options: MostOptions) {
    this.#options = options
  }

  /** Throws E_STATE_CORRUPT for a line that is no request. */
  async add(batch: BatchRow, request: RequestRow): Promise<void> {
    const { spec, fallback } = this.#options
    // Once because somebody says so, and then as often as the rules have left.
    const max = Math.max(1, spec.maxTries - countedTries(request))
    const told = answered.includes(request.outcome) ? request.inputTokens : null
    const counted = told ?? (await this.#counted(batch, request))
    const inputTokens = counted ?? (await this.#byBytes(batch, request))
    const picoUsd = this.#most(inputTokens, 1, max)
    this.#requests++
    this.#files.add(batch.n)
    this.#tries = Math.max(this.#tries, max)
    if (fallback !== null)
      this.#dearerPicoUsd = Math.max(
        this.#dearerPicoUsd,
        this.#once(fallback.price, inputTokens + (max - 1) * this.#growth) - this.#most(inputTokens, 1, 1),
      )
    if (counted !== null) {
      this.#picoUsd += picoUsd
      return
    }
    const group = `${batch.n} ${max}`
    const sum = this.#uncounted.get(group) ?? { max, fileTokens: batch.maxTokens, requests: 0, picoUsd: 0 }
    sum.requests++
    sum.picoUsd += picoUsd
    this.#uncounted.set(group, sum)
  }

  /** In pico-dollars, of all that were added. */
  get picoUsd(): number {
    let sum = this.#picoUsd
    for (const { max, fileTokens, requests, picoUsd } of this.#uncounted.values())
      sum += Math.min(picoUsd, this.#most(fileTokens, requests, max))
    const { fallback } = this.#options
    // The cost of each file is rounded up to a micro-dollar.
    const rounding = 1e6 * Math.max(0, this.#files.size * this.#tries - 1)
    return (
      sum + (sum > 0 ? rounding : 0) + this.#dearerPicoUsd * Math.min(this.#requests, fallback?.requests ?? 0)
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#open?.handle?.close()
    this.#open = null
  }

  get #growth(): number {
    const { repair, maxOutputTokens } = this.#options.spec
    return repair ? (maxOutputTokens ?? 0) + repairTokens : 0
  }

  #once(price: Price, inputTokens: number): number {
    const outputTokens = this.#options.spec.maxOutputTokens ?? 0
    return mostOfTriesPicoUsd(price, { inputTokens, outputTokens }, { max: 1, growthTokens: 0 })
  }

  /** What so many requests can cost that have these input tokens together. */
  #most(inputTokens: number, requests: number, max: number): number {
    const { spec, prices } = this.#options
    const tokens = { inputTokens, outputTokens: requests * (spec.maxOutputTokens ?? 0) }
    const bound = { max, growthTokens: requests * this.#growth }
    return Math.max(0, ...prices.map((price) => mostOfTriesPicoUsd(price, tokens, bound)))
  }

  /** Null: enough was counted, or its line is not at hand. */
  async #counted(batch: BatchRow, { line, fileOffset, fileLength }: RequestRow): Promise<number | null> {
    const { spec, wire } = this.#options
    if (
      wire === null ||
      fileOffset === null ||
      fileLength === null ||
      this.#bytes + fileLength > countedBytes
    )
      return null
    const { handle, attached } = await this.#lines(batch)
    if (handle === null) return null
    const buffer = Buffer.allocUnsafe(fileLength)
    if ((await handle.read(buffer, 0, fileLength, fileOffset)).bytesRead !== fileLength) return null
    this.#bytes += fileLength
    const counter = await reservedCount(spec, { exact: 1 }, wire)
    return mostLineTokens(buffer, attached.get(line ?? -1) ?? [], counter, spec.price)
  }

  async #byBytes(batch: BatchRow, { line, fileLength }: RequestRow): Promise<number> {
    const { attached } = await this.#lines(batch)
    const files = sumSpans(attached.get(line ?? -1) ?? [])
    const { price } = this.#options.spec
    return Math.min(batch.maxTokens, maxRequestTokens(fileLength ?? batch.maxTokens, files, price?.unit))
  }

  async #lines({ tag }: BatchRow): Promise<OpenLines> {
    if (this.#open?.tag === tag) return this.#open
    await this[Symbol.asyncDispose]()
    const { filesDir } = this.#options
    const path = requestFile(filesDir, tag)
    const handle = (await bytesOf(path)) === null ? null : await openFile(path, 'r')
    this.#open = { tag, handle, attached: readAttached(filesDir, tag) }
    return this.#open
  }
}
