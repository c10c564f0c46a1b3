import { z } from 'zod'
import { parseUsd } from '../wording/amount.ts'

/** An amount of dollars as people write it: `$90`, `0.50`. */
export const usd = z.string().refine((text) => parseUsd(text) !== null, {
  error: ({ input }) => `"${String(input)}" is not an amount of dollars, as '$90' is`,
})
