import { z } from 'zod'
import type { PriceRow, UsdSteps } from './price-row.ts'
import anthropic from '../anthropic/prices.json' with { type: 'json' }
import bedrock from '../bedrock/prices.json' with { type: 'json' }
import gemini from '../gemini/prices.json' with { type: 'json' }
import mistral from '../mistral/prices.json' with { type: 'json' }
import deepinfra from '../deepinfra/prices.json' with { type: 'json' }
import groq from '../groq/prices.json' with { type: 'json' }
import together from '../together/prices.json' with { type: 'json' }
import table from './prices.json' with { type: 'json' }
import xai from '../xai/prices.json' with { type: 'json' }

const step = z.strictObject({
  above: z.number(),
  input: z.number(),
  cached: z.number().exactOptional(),
  write: z.number().exactOptional(),
  longWrite: z.number().exactOptional(),
  output: z.number(),
})
const steps: z.ZodType<UsdSteps> = z.tuple([step], step)

const rows: z.ZodType<readonly PriceRow[]> = z.array(
  z.strictObject({
    service: z.string(),
    zone: z.enum(['global', 'us', 'eu', 'regional']),
    ids: z.array(z.string()),
    unit: z.enum(['token', 'page']).exactOptional(),
    realtime: steps,
    batch: steps.nullable(),
    flex: steps.nullable(),
    maxOutputTokens: z.number().nullable(),
    contextTokens: z.number().nullable(),
    from: z.string().exactOptional(),
    asOf: z.string(),
    source: z.string(),
  }),
)

/**
 * The table of known prices: prices.json, which scripts/prices.ts makes from the sources that its rows name, and the
 * rows that lie in the folders of other services, which name theirs.
 */
export const priceTable: readonly PriceRow[] = rows.parse([
  ...table,
  ...anthropic,
  ...bedrock,
  ...deepinfra,
  ...gemini,
  ...groq,
  ...mistral,
  ...together,
  ...xai,
])
