import { z } from 'zod'
import type { PriceRow, UsdStep, UsdSteps } from '../../src/providers/prices/price-row.ts'

export const genaiSource = 'pydantic/genai-prices data'

const amount = z.union([
  z.number(),
  z.object({ base: z.number(), tiers: z.array(z.object({ start: z.number(), price: z.number() })) }),
])
const amounts = z.object({
  input_mtok: amount.optional(),
  cache_read_mtok: amount.optional(),
  cache_write_mtok: amount.optional(),
  output_mtok: amount.optional(),
})
type Amounts = z.infer<typeof amounts>
const dated = z.object({
  constraint: z.object({ start_date: z.string().optional() }).nullish(),
  prices: amounts,
})
const match = z.object({ equals: z.string().optional(), or: z.array(z.unknown()).optional() })

/** The part of `data.json` that is read: the models of each provider. */
export const genaiData = z.array(
  z.object({
    id: z.string(),
    models: z.array(
      z.object({
        id: z.string(),
        match: z.unknown(),
        prices: z.union([z.array(dated), amounts]),
        context_window: z.number().nullish(),
      }),
    ),
  }),
)

/** What a model of OpenAI costs on demand, by its exact names: this table has no batch column. */
export interface OnDemand {
  readonly ids: readonly string[]
  readonly steps: UsdSteps
  readonly contextTokens: number | null
}

/** The prices of a day; names that only match by a part are left out, as a newer model's begin with an older one's. */
export function onDemandOf(data: z.infer<typeof genaiData>, day: string): readonly OnDemand[] {
  const models = data.find(({ id }) => id === 'openai')?.models ?? []
  return models.flatMap((model) => {
    const prices = Array.isArray(model.prices)
      ? model.prices.findLast(({ constraint }) => (constraint?.start_date ?? '') <= day)?.prices
      : model.prices
    const steps = prices === undefined ? null : stepsOf(prices)
    const ids = namesOf(model.match)
    return steps === null || ids.length === 0
      ? []
      : [{ ids, steps, contextTokens: model.context_window ?? null }]
  })
}

function namesOf(value: unknown): readonly string[] {
  const parsed = match.safeParse(value)
  if (!parsed.success) return []
  const { equals, or = [] } = parsed.data
  return [...(equals === undefined ? [] : [equals]), ...or.flatMap(namesOf)]
}

function stepsOf(prices: Amounts): UsdSteps | null {
  const { input_mtok: input, output_mtok: output } = prices
  if (input === undefined) return null
  const starts = typeof input === 'number' ? [] : input.tiers.map(({ start }) => start)
  const at = (value: z.infer<typeof amount> | undefined, above: number): number | undefined =>
    typeof value === 'object'
      ? (value.tiers.findLast(({ start }) => start <= above)?.price ?? value.base)
      : value
  const step = (above: number): UsdStep => {
    const [cached, write] = [at(prices.cache_read_mtok, above), at(prices.cache_write_mtok, above)]
    return {
      above,
      input: at(input, above) ?? 0,
      ...(cached !== undefined && { cached }),
      ...(write !== undefined && { write }),
      output: at(output, above) ?? 0,
    }
  }
  return [step(0), ...starts.map(step)]
}

/** Whether two sources say the same of what both of them say. */
export function agree(one: UsdStep, other: UsdStep): boolean {
  const same = (a: number | undefined, b: number | undefined): boolean =>
    a === undefined || b === undefined || Math.abs(a - b) < 1e-9
  return (['input', 'cached', 'write', 'output'] as const).every((part) => same(one[part], other[part]))
}

/** A row as a newer source has it: the discounts are those of the old one, or half. */
export function rowOnDemand(
  { ids, steps, contextTokens }: OnDemand,
  old: PriceRow | null,
  asOf: string,
): PriceRow {
  const halved = (step: UsdStep, writes: boolean): UsdStep => ({
    above: step.above,
    input: step.input / 2,
    ...(step.cached !== undefined && { cached: step.cached / 2 }),
    ...(writes && step.write !== undefined && { write: step.write / 2 }),
    output: step.output / 2,
  })
  const half = (writes: boolean): UsdSteps => {
    const [first, ...higher] = steps
    return [halved(first, writes), ...higher.map((step) => halved(step, writes))]
  }
  return {
    service: 'openai',
    zone: 'global',
    ids,
    realtime: steps,
    batch: old?.batch === null ? null : half(false),
    flex: old?.flex == null ? null : half(true),
    maxOutputTokens: old?.maxOutputTokens ?? null,
    contextTokens: old?.contextTokens ?? contextTokens,
    asOf,
    source: genaiSource,
  }
}
