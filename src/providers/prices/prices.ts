import { OffpeakError } from '../../domain/errors.ts'
import type { DeliveryMode } from '../../domain/delivery-mode.ts'
import type { InputUnit } from '../../domain/token-rule.ts'
import type { Price, PriceStep } from '../../domain/money.ts'
import type { OwnRow, PriceRow, UsdStep, UsdSteps, PriceZone } from './price-row.ts'
import { rowFor } from './price-rows.ts'

/** What tokens cost, in US dollars per million. */
interface UsdAmounts {
  readonly input: number
  /** Of input that is read from a cache, and that is written into one; the price of `input` when left out. */
  readonly cachedInput?: number
  readonly cacheWrite?: number
  /** Of input that a cache keeps longer than it usually does; the price of `cacheWrite` when left out. */
  readonly longCacheWrite?: number
  readonly output: number
}

/** A user's own price of one model. */
export interface UsdPrice extends UsdAmounts {
  /** What all tokens of a request cost that has more input than `above`, ascending. */
  readonly steps?: readonly (UsdAmounts & { readonly above: number })[]
}

/** A user's prices of one model; they replace all prices of the table, and such limits as they name. */
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
  readonly deliveryMode: DeliveryMode
  /** What the job says that it costs, in batches and in real time: goes before the table, behind the overrides. */
  readonly stated?: UsdPrice | null
  /** The deployment that is asked one by one, where it is another: an own price of it goes before. */
  readonly realtimeModel?: string | null
  /** Whose prices apply; OpenAI's, then Azure's, when left out. */
  readonly service?: PriceRow['service'] | null
  /** Where it computes; what the name says of it, else everywhere, when left out. */
  readonly zone?: PriceZone | null
  /** When, in milliseconds; the dearest of all prices with a date when left out. */
  readonly at?: number
  /** Prices that come with the service's own definition; they go before the table. */
  readonly ownRows?: readonly OwnRow[]
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

/** What people add to a model's name when they name its batch deployment. */
const deploymentSuffix = /-(?:batch|globalbatch|global-batch|datazone-batch|datazonebatch)$/

/**
 * The price of a model in a delivery mode, by its exact id, alias or deployment name; never by a part of it, because a newer
 * model's name often starts with an older one's. Null when it is unknown: nothing is estimated or sent then.
 *
 * Throws E_CONFIG when a user's own price is not a number of dollars.
 */
export function findPrice(question: PriceQuestion): FoundPrice | null {
  const { overrides = {}, deliveryMode, realtimeModel = null } = question
  const known = knownRow(question)
  const own = deliveryMode === 'realtime' && realtimeModel !== null ? [realtimeModel] : []
  for (const name of [...own, ...namesTried(question)]) {
    const override = Object.hasOwn(overrides, name) ? overrides[name] : undefined
    if (override) return overridden(name, override, known, deliveryMode)
  }
  if (question.stated != null && deliveryMode !== 'flex')
    return overridden(question.model, { [deliveryMode]: question.stated }, known, deliveryMode, {
      where: `the price of the model ${question.model}`,
      source: 'your job',
    })
  return known === null ? null : listed(known, deliveryMode)
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

/** A deployment whose model is named says nothing of the model by its own name, but of its zone it may. */
function knownRow(question: PriceQuestion): OwnRow | null {
  const { model, pricedAs, service = null, zone = null, ownRows = [], at } = question
  const isDataZone = /-data-?zone/.test(model)
  for (const name of pricedAs != null ? [pricedAs] : namesTried(question)) {
    const row = rowFor(name, {
      service,
      zone: zone ?? (isDataZone ? 'datazone' : null),
      ownRows,
      ...(at !== undefined && { at }),
    })
    if (row !== null) return row
  }
  return null
}

/** The price of a delivery mode by a row of prices. */
export function listed(row: OwnRow, deliveryMode: DeliveryMode): FoundPrice | null {
  const steps = row[deliveryMode]
  if (steps === null) return null
  const { maxOutputTokens, contextTokens, asOf, source, unit } = row
  return { price: priceOf(steps, unit), maxOutputTokens, contextTokens, asOf, source }
}

function priceOf([first, ...higher]: UsdSteps, unit?: InputUnit): Price {
  return { steps: [stepOf(first), ...higher.map(stepOf)], ...(unit !== undefined && { unit }) }
}

function stepOf({ above, input, cached = input, write = input, longWrite, output }: UsdStep): PriceStep {
  return {
    aboveTokens: above,
    inputPerMillion: micro(input),
    cachedInputPerMillion: micro(cached),
    cacheWritePerMillion: micro(write),
    ...(longWrite !== undefined && { longCacheWritePerMillion: micro(longWrite) }),
    outputPerMillion: micro(output),
  }
}

/**
 * No price for the delivery mode in an override means unknown: the table's figure may be what the user wanted to correct. What
 * the model can write and read is as it was, unless they say so.
 */
function overridden(
  name: string,
  override: PriceOverride,
  row: OwnRow | null,
  deliveryMode: DeliveryMode,
  { where, source } = { where: `prices.${name}.${deliveryMode}`, source: 'your configuration' },
): FoundPrice | null {
  const usd = override[deliveryMode]
  if (!usd) return null
  return {
    price: priceOf(usdSteps(name, usd, where), row?.unit),
    maxOutputTokens: override.maxOutputTokens ?? row?.maxOutputTokens ?? null,
    contextTokens: override.contextTokens ?? row?.contextTokens ?? null,
    asOf: null,
    source,
  }
}

/** A price as people write it, as steps. Throws E_CONFIG for what is no number of dollars, or steps that do not ascend. */
export function usdSteps(name: string, usd: UsdPrice, where: string): UsdSteps {
  const { steps = [] } = usd
  steps.forEach(({ above }, at) => {
    if (Number.isSafeInteger(above) && above > (steps[at - 1]?.above ?? 0)) return
    throw new OffpeakError('E_CONFIG', `the steps of the price of ${name} do not ascend`, {
      where: `${where}.steps`,
      fix: 'write them as [{ above: 272_000, input: 0.3, output: 0.9 }], each above more tokens than the one before',
    })
  })
  return [checked(name, usd, 0, where), ...steps.map((step) => checked(name, step, step.above, where))]
}

function checked(name: string, usd: UsdAmounts, above: number, where: string): UsdStep {
  const { input, cachedInput: cached = input, cacheWrite: write = input, output } = usd
  const { longCacheWrite: longWrite } = usd
  for (const amount of [input, cached, write, longWrite ?? write, output]) {
    if (Number.isFinite(amount) && amount >= 0) continue
    throw new OffpeakError('E_CONFIG', `the price of ${name} is not a number of dollars per million tokens`, {
      where,
      fix: 'write it as { input: 0.15, output: 0.6 }',
    })
  }
  return { above, input, cached, write, ...(longWrite !== undefined && { longWrite }), output }
}

/** Dollars as micro-dollars, rounded up: a price of a fraction of a micro-dollar is not nothing. */
function micro(usd: number): number {
  return Math.ceil(Number((usd * 1e6).toFixed(3)))
}
