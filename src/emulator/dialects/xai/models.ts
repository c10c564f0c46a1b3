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
 * Names of `@ai-sdk/xai`; prices of the first two as third parties quoted xAI's page in 2026. A batch is said to be 20 %
 * to 50 % cheaper by model, and not to take the flagships: which model is which is a guess.
 */
export const knownModels: readonly Model[] = [
  model('grok-4.3', 1.25, 2.5, 0.5),
  model('grok-4.5', 2, 6, 0.8),
  model('grok-4.7', 3, 15, null),
]

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

/** Ten billion ticks are a dollar: a tick is a hundred pico-dollars. From memory; no page that was read says so. */
export function ticksOf(picoUsd: number): number {
  return Math.round(picoUsd / 100)
}
