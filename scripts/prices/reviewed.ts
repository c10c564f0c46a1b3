import type { PriceRow } from '../../src/providers/prices/price-row.ts'

/**
 * What the public tables do not say, or say wrong, by hand and with its source. A model that they know is taken from
 * them, and this only for what it adds.
 */

/** Models of the batch and flex columns of OpenAI's price page, where LiteLLM has no word of them. */
export const batchToo: ReadonlySet<string> = new Set([
  'gpt-3.5-turbo',
  'gpt-3.5-turbo-16k',
  'gpt-4',
  'gpt-4-turbo',
  'gpt-4-turbo-preview',
  'gpt-5.1',
  'gpt-5.1-codex',
  'gpt-5.2-codex',
  'gpt-5.3-codex',
  'o1',
  'o3-mini',
  'o4-mini',
  'text-embedding-ada-002',
])
export const flexToo: ReadonlySet<string> = new Set(['gpt-5.1', 'gpt-5.2', 'o3', 'o4-mini'])

/** Models that neither table has. */
export const reviewedRows: readonly PriceRow[] = [
  vendor('gpt-6.1-sol', { input: 2, write: 2.5, output: 10 }),
  vendor('gpt-6.1-terra', { input: 1, cached: 0.05, write: 1.25, output: 5 }),
]

function vendor(
  id: string,
  { input, cached = input, write, output }: { input: number; cached?: number; write: number; output: number },
): PriceRow {
  const steps = (share: number, writes: number): PriceRow['realtime'] => [
    { above: 0, input: input * share, cached: cached * share, write: writes, output: output * share },
    {
      above: 271_999,
      input: input * share * 2,
      cached: cached * share * 2,
      write: writes * 2,
      output: output * share * 1.5,
    },
  ]
  return {
    service: 'openai',
    zone: 'global',
    ids: [id],
    realtime: steps(1, write),
    batch: steps(0.5, input * 0.5),
    flex: null,
    maxOutputTokens: null,
    contextTokens: null,
    asOf: '2026-10-26',
    source: 'OpenAI price page',
  }
}
