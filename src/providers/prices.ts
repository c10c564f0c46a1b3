import { OffpeakError } from '../domain/errors.ts'
import type { Lane } from '../domain/lane.ts'
import type { Price } from '../domain/money.ts'
import { flexModels, priceTable, type PriceRow } from './price-table.ts'

/** A user's own price of one model, in US dollars per million tokens. */
export interface UsdPrice {
  readonly input: number
  /** The price of `input` when left out. */
  readonly cachedInput?: number
  readonly output: number
}

/** What a user says about one model; it replaces all prices of the table, and such limits as it names. */
export interface PriceOverride {
  readonly batch?: UsdPrice
  readonly flex?: UsdPrice
  readonly realtime?: UsdPrice
  readonly maxOutputTokens?: number
  readonly contextTokens?: number
}

export interface PriceQuestion {
  /** The model's id, or the deployment's name at Azure. */
  readonly model: string
  /** The model whose price applies; when it is given, the name itself is only looked for among the overrides. */
  readonly pricedAs?: string | null
  /** By exact model id or deployment name. */
  readonly overrides?: Readonly<Record<string, PriceOverride>>
  readonly lane: Lane
}

export interface FoundPrice {
  readonly price: Price
  /** The most that the model can answer; null when nobody has written it down. */
  readonly maxOutputTokens: number | null
  readonly contextTokens: number | null
  /** The day of the price; null for a user's own. */
  readonly asOf: string | null
  readonly source: string
}

const longAboveTokens = 272_000
const batchShare = 0.5

/** What people add to a model's name when they name its batch deployment. */
const deploymentSuffix = /-(?:batch|globalbatch|global-batch|datazone-batch|datazonebatch)$/

const rows: ReadonlyMap<string, PriceRow> = new Map(
  priceTable.flatMap((row) => row.ids.map((id) => [id, row] as const)),
)

/**
 * The price of a model in a lane, by its exact id, alias or deployment name; never by a part of it, because a newer
 * model's name often starts with an older one's. Null when it is unknown: nothing is estimated or sent then.
 *
 * Throws E_CONFIG when a user's own price is not a number of dollars.
 */
export function findPrice(question: PriceQuestion): FoundPrice | null {
  const { overrides = {}, lane } = question
  const known = tableNames(question)
    .map((name) => rows.get(name))
    .find((row) => row !== undefined)
  for (const name of namesTried(question)) {
    const override = Object.hasOwn(overrides, name) ? overrides[name] : undefined
    if (override) return overridden(name, override, known ?? null, lane)
  }
  return known === undefined ? null : listed(known, lane)
}

/** Every model that has a price: those of the table, and those of a user's own. */
export function pricedModels(overrides: Readonly<Record<string, unknown>>): readonly string[] {
  return [...new Set([...Object.keys(overrides), ...rows.keys()])]
}

/** The names under which a price is looked for, in order: that of the deployment, and that of the model behind it. */
export function namesTried({
  model,
  pricedAs,
}: Pick<PriceQuestion, 'model' | 'pricedAs'>): readonly string[] {
  if (pricedAs != null) return [...new Set([model, pricedAs])]
  const bare = model.replace(deploymentSuffix, '')
  return bare === model ? [model] : [model, bare]
}

/** Those of them that the table may know; a deployment whose model is named says nothing by its own name. */
function tableNames(question: PriceQuestion): readonly string[] {
  return question.pricedAs != null ? [question.pricedAs] : namesTried(question)
}

/** Flex costs what a batch costs, and cached tokens are cheaper there for every model that has it. */
function listed(row: PriceRow, lane: Lane): FoundPrice | null {
  if (lane === 'flex' && !row.ids.some((id) => flexModels.has(id))) return null
  const share = lane === 'realtime' ? 1 : batchShare
  const cached =
    row.cachedInput === null || (lane === 'batch' && !row.cachedInBatch) ? row.input : row.cachedInput
  return {
    price: {
      inputPerMillion: micro(row.input * share),
      cachedInputPerMillion: micro(cached * share),
      outputPerMillion: micro(row.output * share),
      longAboveTokens: row.longTier ? longAboveTokens : null,
      longInputFactor: row.longTier ? 2 : 1,
      longOutputFactor: row.longTier ? 1.5 : 1,
    },
    maxOutputTokens: row.maxOutputTokens,
    contextTokens: row.contextTokens,
    asOf: row.asOf,
    source: row.source,
  }
}

/**
 * No price for the lane in an override means unknown: the table's figure may be what the user wanted to correct. What
 * the model can write and read is as it was, unless they say so.
 */
function overridden(
  name: string,
  override: PriceOverride,
  row: PriceRow | null,
  lane: Lane,
): FoundPrice | null {
  const usd = override[lane]
  if (!usd) return null
  const cached = usd.cachedInput ?? usd.input
  for (const amount of [usd.input, cached, usd.output]) {
    if (Number.isFinite(amount) && amount >= 0) continue
    throw new OffpeakError('E_CONFIG', `the price of ${name} is not a number of dollars per million tokens`, {
      where: `prices.${name}.${lane}`,
      fix: 'write it as { input: 0.15, output: 0.6 }',
    })
  }
  return {
    price: {
      inputPerMillion: micro(usd.input),
      cachedInputPerMillion: micro(cached),
      outputPerMillion: micro(usd.output),
      longAboveTokens: null,
      longInputFactor: 1,
      longOutputFactor: 1,
    },
    maxOutputTokens: override.maxOutputTokens ?? row?.maxOutputTokens ?? null,
    contextTokens: override.contextTokens ?? row?.contextTokens ?? null,
    asOf: null,
    source: 'your configuration',
  }
}

/** Dollars as micro-dollars, rounded up: a price of a fraction of a micro-dollar is not nothing. */
function micro(usd: number): number {
  return Math.ceil(Number((usd * 1e6).toFixed(3)))
}
