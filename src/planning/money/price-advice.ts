import type { DeliveryMode } from '../../domain/delivery-mode.ts'
import type { InputUnit } from '../../domain/token-rule.ts'

/**
 * How to say what a model costs, as a fix: under the name by which the job asks for it, deployment or model, for each
 * delivery mode that has none; or by naming the model behind it, where its service has words for that (`namesModel`). The
 * figures are the reader's: what is not known here is not made up.
 */
export function priceAdvice(
  name: string,
  deliveryModes: readonly DeliveryMode[],
  {
    namesModel = null,
    unit = 'token',
  }: { readonly namesModel?: string | null; readonly unit?: InputUnit } = {},
): string {
  const amounts = unit === 'page' ? '{ input: …, output: 0 }' : '{ input: …, output: … }'
  const prices = deliveryModes.map((mode) => `${mode}: ${amounts}`).join(', ')
  const own = `prices: { '${name}': { ${prices} } } in offpeak.config.ts, with what your provider charges for a million ${unit}s, in dollars`
  return namesModel === null ? own : `${namesModel} names the model behind it; or ${own}`
}
