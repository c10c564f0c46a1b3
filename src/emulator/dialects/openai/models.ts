import { ownValue } from '../../core/json.ts'
import type { TokenUsage } from '../../core/records.ts'

/** The emulator's own list of models: prices, windows and what they do. Shared with nobody. */
export type ModelKind = 'chat' | 'embedding'

export interface Model {
  readonly name: string
  readonly kind: ModelKind
  /** Real-time prices in pico-dollars per token; $1 per million tokens is 1,000,000 of them. */
  readonly inputPicoUsdPerToken: number
  readonly outputPicoUsdPerToken: number
  readonly contextTokens: number
  readonly maxOutputTokens: number
  /**
   * Reasoning models refuse `max_tokens`, and while they reason any temperature but 1 and its like (OpenAI guide,
   * Reasoning models). GPT-5.1 and later reason when they are asked to.
   */
  readonly reasoning: 'never' | 'always' | 'when asked'
  /** Whether it takes `service_tier: "flex"`. */
  readonly flex: boolean
  /** What a request costs in a batch, of its price in real time. */
  readonly batchShare: number
}

/** Batch requests cost half (OpenAI guide, Batch API; Azure guide, Global Batch), and so does the flex tier. */
const halfPrice = 0.5

/** The cost of an answer in pico-dollars: full price in real time, a share of it in a batch and in the flex tier. */
export function lineCostPicoUsd(
  model: Model,
  usage: TokenUsage,
  deliveryMode: 'batch' | 'sync' | 'flex',
): number {
  const full =
    usage.inputTokens * model.inputPicoUsdPerToken + usage.outputTokens * model.outputPicoUsdPerToken
  if (deliveryMode === 'sync' || usage.fullPrice === true) return full
  return full * (deliveryMode === 'flex' ? halfPrice : model.batchShare)
}

const picoPerDollarPerMillion = 1_000_000

/** Name, dollars per million input tokens, per million output tokens, window, longest output, reasoning. */
type Row = readonly [string, number, number, number, number, Model['reasoning']]

/** Prices: OpenAI price page as collected in September to November 2026. Windows: OpenAI models pages. */
const chatRows: readonly Row[] = [
  ['gpt-4o-mini', 0.15, 0.6, 128_000, 16_384, 'never'],
  ['gpt-4o', 2.5, 10, 128_000, 16_384, 'never'],
  ['gpt-4.1', 2, 8, 1_047_576, 32_768, 'never'],
  ['gpt-4.1-mini', 0.4, 1.6, 1_047_576, 32_768, 'never'],
  ['gpt-4.1-nano', 0.1, 0.4, 1_047_576, 32_768, 'never'],
  ['gpt-5', 1.25, 10, 400_000, 128_000, 'always'],
  ['gpt-5-mini', 0.25, 2, 400_000, 128_000, 'always'],
  ['gpt-5-nano', 0.05, 0.4, 400_000, 128_000, 'always'],
  ['gpt-5.1', 1.25, 10, 400_000, 128_000, 'when asked'],
  ['gpt-5.2', 1.75, 14, 400_000, 128_000, 'when asked'],
  ['gpt-5.4', 2.5, 15, 1_050_000, 128_000, 'when asked'],
  ['gpt-5.4-mini', 0.75, 4.5, 400_000, 128_000, 'when asked'],
  ['gpt-5.4-nano', 0.2, 1.25, 400_000, 128_000, 'when asked'],
  ['gpt-5.5', 5, 30, 1_050_000, 128_000, 'when asked'],
  ['gpt-5.6-sol', 4, 20, 1_050_000, 128_000, 'when asked'],
  ['gpt-5.6-terra', 2, 12, 1_050_000, 128_000, 'when asked'],
  ['gpt-5.6-luna', 0.2, 1.2, 1_050_000, 128_000, 'when asked'],
  ['gpt-6-astra', 10, 50, 1_050_000, 128_000, 'when asked'],
  ['gpt-6-sol', 2, 10, 1_050_000, 128_000, 'when asked'],
  ['gpt-6-luna', 0.1, 0.5, 1_050_000, 128_000, 'when asked'],
  ['gpt-6.1-sol', 2, 10, 1_050_000, 128_000, 'when asked'],
  ['gpt-6.1-terra', 1, 5, 1_050_000, 128_000, 'when asked'],
  ['o1', 15, 60, 200_000, 100_000, 'always'],
  ['o3', 2, 8, 200_000, 100_000, 'always'],
  ['o3-mini', 1.1, 4.4, 200_000, 100_000, 'always'],
  ['o4-mini', 1.1, 4.4, 200_000, 100_000, 'always'],
]

const embeddingRows: readonly Row[] = [
  ['text-embedding-3-small', 0.02, 0, 8192, 0, 'never'],
  ['text-embedding-3-large', 0.13, 0, 8192, 0, 'never'],
]

/** OpenAI price page, flex tier. */
const flexNames: ReadonlySet<string> = new Set([
  'gpt-5',
  'gpt-5-mini',
  'gpt-5-nano',
  'gpt-5.1',
  'gpt-5.2',
  'gpt-5.4',
  'gpt-5.4-mini',
  'gpt-5.4-nano',
  'gpt-5.6-sol',
  'o3',
  'o4-mini',
])

function fromRow(kind: ModelKind, row: Row): Model {
  const [name, input, output, contextTokens, maxOutputTokens, reasoning] = row
  const named = { name, kind, inputUsd: input, outputUsd: output, contextTokens, maxOutputTokens }
  return { ...modelOf({ ...named, batchShare: halfPrice }), reasoning, flex: flexNames.has(name) }
}

/** A model by its prices in dollars per million tokens; it does not reason and has one tier. */
export function modelOf({
  inputUsd,
  outputUsd,
  ...rest
}: Pick<Model, 'name' | 'kind' | 'batchShare' | 'contextTokens' | 'maxOutputTokens'> & {
  readonly inputUsd: number
  readonly outputUsd: number
}): Model {
  return {
    ...rest,
    inputPicoUsdPerToken: Math.round(inputUsd * picoPerDollarPerMillion),
    outputPicoUsdPerToken: Math.round(outputUsd * picoPerDollarPerMillion),
    reasoning: 'never',
    flex: false,
  }
}

export const knownModels: readonly Model[] = [
  ...chatRows.map((row) => fromRow('chat', row)),
  ...embeddingRows.map((row) => fromRow('embedding', row)),
]

const byName = new Map(knownModels.map((model) => [model.name, model]))
const longestFirst = knownModels.toSorted((a, b) => b.name.length - a.name.length)

/** Exact name, or a dated snapshot of it such as `gpt-4o-mini-2024-07-18`. */
export function findModel(name: string): Model | undefined {
  return byName.get(name) ?? byName.get(name.replace(/-\d{4}-\d{2}-\d{2}$/, ''))
}

/** What answers under a deployment's name that says nothing of its model. */
const usualModels: Readonly<Record<ModelKind, string>> = {
  chat: 'gpt-4o-mini',
  embedding: 'text-embedding-3-small',
}

/** Azure guide, "Create and deploy a resource": letters, digits, `-`, `_` and `.`, 2 to 64 of them. */
const deploymentName = /^[\w.-]{2,64}$/
/** A name that means a model, of which there are only so many. */
const modelLike = /gpt-\d|(?:^|[-_.])o\d(?:$|[-_.])|text-embedding/

/**
 * Azure names are deployments, which a user may call anything: an entry of `deployments`, else the longest model name
 * inside the name, else a usual model for any name that a deployment can have and that means no other model.
 */
export function findDeployment(
  name: string,
  deployments: Readonly<Record<string, string>>,
  kind: ModelKind,
): Model | undefined {
  const mapped = ownValue(deployments, name)
  if (mapped !== undefined) return findModel(mapped)
  const lower = name.toLowerCase()
  const named = longestFirst.find((model) => lower.includes(model.name))
  if (named) return named
  return deploymentName.test(name) && !modelLike.test(lower) ? findModel(usualModels[kind]) : undefined
}

/** A model of which nothing is known but its name: it costs nothing, and what it takes it says itself. */
export function unpricedModel(name: string, kind: ModelKind): Model {
  return {
    name,
    kind,
    inputPicoUsdPerToken: 0,
    outputPicoUsdPerToken: 0,
    contextTokens: Infinity,
    maxOutputTokens: Infinity,
    reasoning: 'never',
    flex: false,
    batchShare: 1,
  }
}
