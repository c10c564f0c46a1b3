import type { PriceRow, UsdStep, UsdSteps, Zone } from '../../src/providers/prices/price-row.ts'
import { batchToo, flexToo } from './reviewed.ts'

/** The fields of LiteLLM's `model_prices_and_context_window.json` by model. */
export type LiteLlm = Readonly<Record<string, Readonly<Record<string, unknown>>>>

export const litellmSource = 'BerriAI/litellm model_prices_and_context_window.json'

const services: Readonly<Record<string, PriceRow['service']>> = {
  openai: 'openai',
  'text-completion-openai': 'openai',
  azure: 'azure',
  azure_text: 'azure',
}
const modes = new Set(['chat', 'responses', 'embedding', 'completion'])
/** Tokens of other kinds, and calls that are billed by the piece as well: their tokens alone are not what they cost. */
const otherwise = /audio-preview|realtime|search|image|container|mistral|command-r/

/** A row for each model of text at OpenAI and Azure, with a name of its own. */
export function rowsOfLiteLlm(models: LiteLlm, asOf: string): readonly PriceRow[] {
  return Object.entries(models).flatMap(([name, fields]) => {
    const service = services[String(fields['litellm_provider'])]
    if (service === undefined || !modes.has(String(fields['mode'])) || otherwise.test(name)) return []
    const realtime = stepsOf(fields, '')
    if (realtime === null) return []
    const { zone, id } = placed(name, models)
    const row: PriceRow = {
      service,
      zone,
      ids: [id],
      realtime,
      batch: batchOf(id, fields, service, realtime),
      flex: flexOf(id, fields, service, realtime),
      maxOutputTokens: fields['mode'] === 'embedding' ? 0 : count(fields['max_output_tokens']),
      contextTokens: contextOf(fields),
      asOf,
      source: litellmSource,
    }
    return [row, ...upliftedRows(row, fields)]
  })
}

/**
 * `azure/us/gpt-5.4` and such. What has no zone in its name costs that everywhere, unless the same is listed as global
 * too: then it is the price of a regional deployment.
 */
function placed(name: string, models: LiteLlm): { zone: Zone; id: string } {
  const [, azure, place, id = name] = /^(azure\/)?(?:(us|eu|global|global-standard)\/)?(.*)$/.exec(name) ?? []
  if (place === 'us' || place === 'eu') return { zone: place, id }
  const isListedTwice = `azure/global/${id}` in models || `azure/global-standard/${id}` in models
  return { zone: azure !== undefined && place === undefined && isListedTwice ? 'regional' : 'global', id }
}

/** Data residency at OpenAI, which costs so many times as much. */
function upliftedRows(row: PriceRow, fields: Readonly<Record<string, unknown>>): readonly PriceRow[] {
  return (['us', 'eu'] as const).flatMap((zone) => {
    const times = fields[`regional_processing_uplift_multiplier_${zone}`]
    if (typeof times !== 'number') return []
    const up = (steps: UsdSteps | null): UsdSteps | null => steps && scaled(steps, times, times)
    return [
      {
        ...row,
        zone,
        realtime: scaled(row.realtime, times, times),
        batch: up(row.batch),
        flex: up(row.flex),
      },
    ]
  })
}

/** The steps of a delivery mode by the ending of its fields; null where none are listed. */
function stepsOf(fields: Readonly<Record<string, unknown>>, ending: string): UsdSteps | null {
  const first = stepAt(fields, 0, '', ending)
  if (first === null) return null
  const starts = Object.keys(fields).flatMap((field) => {
    const match = /^input_cost_per_token_above_(\d+)k_tokens$/.exec(field)
    return match ? [Number(match[1])] : []
  })
  return [
    first,
    ...starts
      .toSorted((one, other) => one - other)
      .flatMap((start) => stepAt(fields, start * 1_000, `_above_${start}k_tokens`, ending) ?? []),
  ]
}

function stepAt(
  fields: Readonly<Record<string, unknown>>,
  above: number,
  tier: string,
  ending: string,
): UsdStep | null {
  const usd = (name: string): number | null => perMillion(fields[`${name}${tier}${ending}`])
  const input = usd('input_cost_per_token')
  if (input === null) return null
  const output = usd('output_cost_per_token')
  const cached = usd('cache_read_input_token_cost')
  const write = usd('cache_creation_input_token_cost')
  return {
    above,
    input,
    ...(cached !== null && { cached }),
    ...(write !== null && { write }),
    output: output ?? 0,
  }
}

/** Dollars for each token as dollars for a million, without what floating point adds. */
function perMillion(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? Number((value * 1e6).toPrecision(12)) : null
}

/**
 * As listed, or half (OpenAI guide, Batch API; Azure OpenAI, Global Batch), which is also believed where less is listed:
 * some rows have the half of another model's. Higher steps and cached input are listed seldom: the higher steps are
 * those of the ordinary delivery mode, halved, and cached input is cheaper from GPT-5 on only.
 */
function batchOf(
  id: string,
  fields: Readonly<Record<string, unknown>>,
  service: PriceRow['service'],
  realtime: UsdSteps,
): UsdSteps | null {
  const listed = stepsOf(fields, '_batches')
  const endpoints = fields['supported_endpoints']
  const isSilent = !Array.isArray(endpoints)
  const isBatch = !isSilent && endpoints.includes('/v1/batch')
  const base = undated(id)
  if (listed === null && !isBatch && !batchToo.has(base) && service === 'openai') return null
  const flex = stepsOf(fields, '_flex')
  const isCachedToo = /^gpt-(?:[5-9]|\d\d)/.test(id)
  return half(realtime, (step, at) => {
    const told = listed?.find(({ above }) => above === step.above)
    const cached =
      isCachedToo && step.cached !== undefined
        ? (told?.cached ?? flex?.[at]?.cached ?? step.cached / 2)
        : null
    return {
      input: Math.max(told?.input ?? 0, step.input / 2),
      output: Math.max(told?.output ?? 0, step.output / 2),
      ...(cached !== null && { cached }),
      ...(told?.write !== undefined && { write: told.write }),
    }
  })
}

function flexOf(
  id: string,
  fields: Readonly<Record<string, unknown>>,
  service: PriceRow['service'],
  realtime: UsdSteps,
): UsdSteps | null {
  const listed = stepsOf(fields, '_flex')
  // Azure has no such tier (Azure OpenAI, deployment types).
  if (service === 'azure' || (listed === null && !flexToo.has(undated(id)))) return null
  return half(realtime, (step) => {
    const told = listed?.find(({ above }) => above === step.above)
    return {
      input: Math.max(told?.input ?? 0, step.input / 2),
      output: Math.max(told?.output ?? 0, step.output / 2),
      ...(step.cached !== undefined && { cached: told?.cached ?? step.cached / 2 }),
      ...(step.write !== undefined && { write: told?.write ?? step.write / 2 }),
    }
  })
}

function half(steps: UsdSteps, of: (step: UsdStep, at: number) => Omit<UsdStep, 'above'>): UsdSteps {
  const each = (step: UsdStep, at: number): UsdStep => ({ above: step.above, ...of(step, at) })
  const [first, ...higher] = steps
  return [each(first, 0), ...higher.map((step, at) => each(step, at + 1))]
}

/** Steps whose input and output cost so many times as much. */
export function scaled(steps: UsdSteps, input: number, output: number): UsdSteps {
  const exact = (usd: number): number => Number(usd.toPrecision(12))
  return half(steps, (step) => ({
    input: exact(step.input * input),
    ...(step.cached !== undefined && { cached: exact(step.cached * input) }),
    ...(step.write !== undefined && { write: exact(step.write * input) }),
    output: exact(step.output * output),
  }))
}

function undated(id: string): string {
  return id.replace(/-\d{4}-\d{2}-\d{2}$/, '').replace(/-\d{4}(?:-preview)?$/, '')
}

function count(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : null
}

/** LiteLLM has the most input; what the model reads and writes together is that and the most output, from GPT-5 on. */
function contextOf(fields: Readonly<Record<string, unknown>>): number | null {
  const [input, output] = [count(fields['max_input_tokens']), count(fields['max_output_tokens'])]
  if (input === null) return null
  // 272,000 is the input of a window of 400,000 of which 128,000 are for the answer (OpenAI, models, GPT-5).
  return input === 272_000 && output !== null ? input + output : input
}
