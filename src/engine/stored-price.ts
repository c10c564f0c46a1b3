import { z } from 'zod'
import type { Price } from '../domain/money.ts'

const step = z.object({
  aboveTokens: z.number(),
  inputPerMillion: z.number(),
  cachedInputPerMillion: z.number(),
  cacheWritePerMillion: z.number(),
  longCacheWritePerMillion: z.number().exactOptional(),
  outputPerMillion: z.number(),
})

const steps = z.object({
  steps: z.tuple([step], step),
  writes: z.enum(['never', 'unasked', 'long']).exactOptional(),
  unit: z.enum(['token', 'page']).exactOptional(),
})

/** As runs kept it that began before prices had steps: one that is higher by factors, and none for cache writes. */
const factors = z
  .object({
    inputPerMillion: z.number(),
    cachedInputPerMillion: z.number(),
    outputPerMillion: z.number(),
    longAboveTokens: z.number().nullable(),
    longInputFactor: z.number(),
    longOutputFactor: z.number(),
  })
  .transform((old): Price => {
    const at = (aboveTokens: number, input: number, output: number): Price['steps'][0] => ({
      aboveTokens,
      inputPerMillion: old.inputPerMillion * input,
      cachedInputPerMillion: old.cachedInputPerMillion * input,
      cacheWritePerMillion: old.inputPerMillion * input,
      outputPerMillion: old.outputPerMillion * output,
    })
    const first = at(0, 1, 1)
    return old.longAboveTokens === null
      ? { steps: [first] }
      : { steps: [first, at(old.longAboveTokens, old.longInputFactor, old.longOutputFactor)] }
  })

/** The price in the snapshot of a run, in the shape of any version: a run goes on at the prices it began with. */
export const storedPrice = z.union([steps, factors])
