import type { Lane } from '../../domain/lane.ts'
import type { InputUnit } from '../../domain/token-rule.ts'

/**
 * How to say what a model costs, as a fix: under the name by which the job asks for it, deployment or model, for each lane
 * that has no price. The figures are the reader's: what is not known here is not made up.
 */
export function priceAdvice(
  name: string,
  lanes: readonly Lane[],
  { provider = null, unit = 'token' }: { readonly provider?: string | null; readonly unit?: InputUnit } = {},
): string {
  const amounts = unit === 'page' ? '{ input: …, output: 0 }' : '{ input: …, output: … }'
  const prices = lanes.map((lane) => `${lane}: ${amounts}`).join(', ')
  const own = `prices: { '${name}': { ${prices} } } in offpeak.config.ts, with what your provider charges for a million ${unit}s, in dollars`
  return provider === 'azure'
    ? `azure('${name}', { model: '…' }) names the model behind the deployment; or ${own}`
    : own
}
