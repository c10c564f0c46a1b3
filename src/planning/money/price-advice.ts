import type { DeliveryMode } from '../../domain/delivery-mode.ts'
import type { InputUnit } from '../../domain/token-rule.ts'

/**
 * How to say what a model costs, as a fix: under the name by which the job asks for it, deployment or model, for each
 * delivery mode that has none. The figures are the reader's: what is not known here is not made up.
 */
export function priceAdvice(
  name: string,
  deliveryModes: readonly DeliveryMode[],
  { provider = null, unit = 'token' }: { readonly provider?: string | null; readonly unit?: InputUnit } = {},
): string {
  const amounts = unit === 'page' ? '{ input: …, output: 0 }' : '{ input: …, output: … }'
  const prices = deliveryModes.map((mode) => `${mode}: ${amounts}`).join(', ')
  const own = `prices: { '${name}': { ${prices} } } in offpeak.config.ts, with what your provider charges for a million ${unit}s, in dollars`
  return provider === 'azure'
    ? `azure('${name}', { model: '…' }) names the model behind the deployment; or ${own}`
    : own
}
