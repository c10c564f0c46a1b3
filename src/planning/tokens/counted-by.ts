import type { TokenRule } from '../../domain/token-rule.ts'
import type { Estimate } from '../money/estimate.ts'

/** A sum of tokens as it was counted: where a model's own table is not at hand, it is as loose as the rule in its place. */
export function countedBy({ least, likely }: TokenRule, counted: Estimate): Estimate {
  if (least === likely) return counted
  const share = (likely - least) / likely
  return {
    ...counted,
    low: Math.floor(counted.low * (1 - share)),
    high: Math.ceil(counted.high * (1 + share)),
    errorPercent: Math.max(counted.errorPercent, 100 * share),
  }
}
