import type { TokenUsage } from '../../core/records.ts'

/** The emulator's own list of Grok models. Shared with no client. */
export interface Model {
  readonly name: string
  /** Real-time prices in pico-dollars per token; $1 per million tokens is 1,000,000 of them. */
  readonly inputPicoUsdPerToken: number
  readonly outputPicoUsdPerToken: number
  /** What a request costs in a batch, of its price in real time; `null`: the model is not to be had there. */
  readonly batchShare: number | null
  readonly contextTokens: number
  readonly maxOutputTokens: number
}

const picoPerDollarPerMillion = 1_000_000

function model(name: string, inputUsd: number, outputUsd: number, batchShare: number | null): Model {
  return {
    name,
    inputPicoUsdPerToken: inputUsd * picoPerDollarPerMillion,
    outputPicoUsdPerToken: outputUsd * picoPerDollarPerMillion,
    batchShare,
    // Guesses, for all of them.
    contextTokens: 256_000,
    maxOutputTokens: 64_000,
  }
}

/**
 * The known models; prices of 4.3 and 4.5 as third parties quoted xAI's page in 2026, the others are guesses. Which of
 * them are to be had in a batch, and for a fifth less, was tried live in August 2026 (a gateway's note on xAI's
 * batches).
 */
export const knownModels: readonly Model[] = [
  model('grok-4.3', 1.25, 2.5, 0.8),
  model('grok-4.20-0309-reasoning', 2, 6, 0.8),
  model('grok-4.20-0309-non-reasoning', 2, 6, 0.8),
  model('grok-4.5', 2, 6, null),
  model('grok-4.6', 3, 15, null),
]

/** The problem of a model that a batch cannot ask, or that is not there; as it was seen. */
export function batchModelProblem(name: string): string | null {
  return (findModel(name)?.batchShare ?? null) === null
    ? `Model ${name} is not supported for batch processing.`
    : null
}

export function findModel(name: string): Model | undefined {
  return knownModels.find((known) => known.name === name)
}

export function costPicoUsd(
  { inputPicoUsdPerToken, outputPicoUsdPerToken, batchShare }: Model,
  { inputTokens, outputTokens, fullPrice }: TokenUsage,
  mode: 'batch' | 'realtime',
): number {
  const full = inputTokens * inputPicoUsdPerToken + outputTokens * outputPicoUsdPerToken
  return mode === 'realtime' || fullPrice === true ? full : full * (batchShare ?? 1)
}

/** "Cost is returned in ticks (1e-10 USD)" (xAI document, Batch API): a tick is a hundred pico-dollars. */
export function ticksOf(picoUsd: number): number {
  return Math.round(picoUsd / 100)
}
