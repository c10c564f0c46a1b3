/**
 * Makes src/providers/prices/prices.json anew from public tables, each a file or an address:
 *
 *   node scripts/prices.ts --litellm <model_prices_and_context_window.json> --litellm-day 2026-08-01 \
 *     --genai <data.json> --genai-day 2026-09-23
 *
 * It says which models came, went and changed, and writes the file; the change is reviewed like any other.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import type { PriceRow } from '../src/providers/prices/price-row.ts'
import { genaiData, onDemandOf } from './prices/genai.ts'
import { rowsOfLiteLlm } from './prices/litellm.ts'
import { reviewedRows } from './prices/reviewed.ts'
import { tableOf } from './prices/table.ts'

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/)
const { values } = parseArgs({
  options: {
    litellm: { type: 'string' },
    'litellm-day': { type: 'string' },
    genai: { type: 'string' },
    'genai-day': { type: 'string' },
  },
})

async function read(place: string | undefined): Promise<unknown> {
  if (place === undefined)
    throw new Error('name both tables: --litellm and --genai, each a file or an address')
  if (!/^https?:/.test(place)) return JSON.parse(await readFile(place, 'utf8'))
  const response = await fetch(place)
  if (!response.ok) throw new Error(`${place}: ${response.status}`)
  return response.json()
}

const litellm = z.record(z.string(), z.record(z.string(), z.unknown())).parse(await read(values.litellm))
const genaiDay = day.parse(values['genai-day'])
const table = tableOf({
  litellm: rowsOfLiteLlm(litellm, day.parse(values['litellm-day'])),
  onDemand: onDemandOf(genaiData.parse(await read(values.genai)), genaiDay),
  asOf: genaiDay,
  reviewed: reviewedRows,
})

const file = fileURLToPath(new URL('../src/providers/prices/prices.json', import.meta.url))
// The rows that lie with their service are kept by hand, and none of this script's.
const stored: readonly PriceRow[] = JSON.parse(await readFile(file, 'utf8'))
// A row a line, so that a change of one price is a change of one line.
await writeFile(file, `[\n${table.map((row) => JSON.stringify(row)).join(',\n')}\n]\n`)

/** A name at its place, and what it costs there, in words that are the same for the same prices. */
function pricesByName(rows: readonly PriceRow[]): ReadonlyMap<string, string> {
  const words = (row: PriceRow): string =>
    [row.realtime, row.batch, row.flex]
      .map((steps) =>
        (steps ?? []).map((step) => [step.above, step.input, step.cached, step.write, step.output].join(' ')),
      )
      .join(' | ')
  return new Map(rows.flatMap((row) => row.ids.map((id) => [`${row.service} ${row.zone} ${id}`, words(row)])))
}

const [before, after] = [pricesByName(stored), pricesByName(table)]
const list = (title: string, names: readonly string[]): void =>
  console.log(`${title}: ${names.length === 0 ? 'none' : names.join(', ')}`)
list(
  'new',
  [...after.keys()].filter((name) => !before.has(name)),
)
list(
  'gone',
  [...before.keys()].filter((name) => !after.has(name)),
)
list(
  'changed',
  [...after]
    .filter(([name, prices]) => before.has(name) && before.get(name) !== prices)
    .map(([name]) => name),
)
