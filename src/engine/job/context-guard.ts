import { Buffer } from 'node:buffer'
import { isEmbedding } from '../../domain/request.ts'
import type { MaybePromise } from '../../domain/maybe-promise.ts'
import type { Wire } from '../../ports/provider/wire.ts'
import { maxRequestTokens } from '../../planning/tokens/count-tokens.ts'
import { type RequestCounter, requestCounter } from '../../planning/tokens/request-counter.ts'
import { type ContextWindow, overContext } from '../../planning/tokens/context-window.ts'
import type { PreparedJob } from './prepare.ts'
import { withoutFiles, type AttachedSpan, sumSpans } from '../files/body.ts'

/** The window that the requests of a job must fit into; null: none is known, or the service shortens what does not fit. */
export function windowOf(
  { job, inspection, pricedAs }: Pick<PreparedJob, 'job' | 'inspection' | 'pricedAs'>,
  contextTokens: number | null,
): ContextWindow | null {
  if (contextTokens === null || job.parameters?.['truncation'] === 'auto') return null
  return { model: pricedAs, contextTokens, maxTokens: inspection.maxTokens ?? 0 }
}

/**
 * Why a body does not fit into a window, which every such request would be refused for; null when it fits or may fit:
 * what stands for a schema or an attached file is only known as an upper figure, and does not count here. Tokens are
 * counted only where the bytes leave a doubt.
 */
export function contextReason(
  body: Uint8Array,
  spans: readonly AttachedSpan[],
  window: ContextWindow,
  counter: RequestCounter,
): string | null {
  if (isClear(body, spans, window)) return null
  const buffer = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const request = counter.read(withoutFiles(buffer, spans))
  const texts = isEmbedding(request) ? request : { ...request, schema: null }
  return overContext(counter.tokens(texts).least, window)
}

function isClear(body: Uint8Array, spans: readonly AttachedSpan[], window: ContextWindow): boolean {
  const { bytes } = sumSpans(spans)
  return maxRequestTokens(body.length, { bytes, tokens: 0 }) + window.maxTokens <= window.contextTokens
}

/** A guard of request bodies against the context window; the tokens' table is read when it is needed. */
export class ContextGuard {
  readonly #window: ContextWindow | null
  readonly #wire: Pick<Wire, 'readBody' | 'tokenRule'>
  #counter: Promise<RequestCounter> | null = null

  constructor(window: ContextWindow | null, wire: Pick<Wire, 'readBody' | 'tokenRule'>) {
    this.#window = window
    this.#wire = wire
  }

  /** Why a body does not fit; null when it does. */
  reason(body: Uint8Array, spans: readonly AttachedSpan[]): MaybePromise<string | null> {
    const window = this.#window
    if (window === null || isClear(body, spans, window)) return null
    this.#counter ??= requestCounter(this.#wire, window.model)
    return this.#counter.then((counter) => contextReason(body, spans, window, counter))
  }
}
