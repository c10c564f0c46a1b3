import { mostPicoUsd } from '../../domain/money.ts'
import type { Usage } from '../../domain/request.ts'
import { maxRequestTokens } from '../../planning/tokens/count-tokens.ts'
import type { BatchRequest } from '../../ports/store/merging.ts'
import type { BatchRow } from '../../ports/state.ts'
import type { Flow } from '../flow.ts'
import { readAttached } from '../files/attached-file.ts'
import { sumSpans } from '../files/write-body.ts'
import type { RunSpec } from '../spec.ts'

interface SentBatch {
  readonly flow: Pick<Flow, 'filesDir'>
  readonly spec: RunSpec
  readonly batch: Pick<BatchRow, 'tag'>
}

/** The most that each request of a batch can have cost, by its bytes and the output limit; its files are read when asked. */
export class HighestCosts {
  readonly #options: SentBatch
  #attached: ReturnType<typeof readAttached> | null = null

  constructor(options: SentBatch) {
    this.#options = options
  }

  /** In pico-dollars, and no less than what is told of its usage; 0 where no price is known. */
  of({ line, fileLength }: Pick<BatchRequest, 'line' | 'fileLength'>, told: Usage | null = null): number {
    const { flow, spec, batch } = this.#options
    if (spec.price === null) return 0
    this.#attached ??= readAttached(flow.filesDir, batch.tag)
    const spans = this.#attached.get(line ?? -1) ?? []
    return mostPicoUsd(spec.price, {
      inputTokens: Math.max(maxRequestTokens(fileLength ?? 0, sumSpans(spans)), told?.inputTokens ?? 0),
      outputTokens: Math.max(spec.maxOutputTokens ?? 0, told?.outputTokens ?? 0),
    })
  }
}
