import type { DeliveryMode } from '../../domain/delivery-mode.ts'

/**
 * How to say what a model costs, as a fix: under the name by which the job asks for it, deployment or model. The figures
 * are the reader's: what is not known here is not made up.
 */
export function priceAdvice(
  name: string,
  deliveryMode: DeliveryMode,
  provider: string | null = null,
): string {
  const own = `prices: { '${name}': { ${deliveryMode}: { input: …, output: … } } } in offpeak.config.ts, with what your provider charges for a million tokens, in dollars`
  return provider === 'azure'
    ? `azure('${name}', { model: '…' }) names the model behind the deployment; or ${own}`
    : own
}
