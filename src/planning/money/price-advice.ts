import type { Lane } from '../../domain/lane.ts'

/**
 * How to say what a model costs, as a fix: under the name by which the job asks for it, deployment or model; or by naming
 * the model behind it, where its service has words for that. The figures are the reader's: what is not known here is not
 * made up.
 */
export function priceAdvice(name: string, lane: Lane, namedAs: string | null | undefined = null): string {
  const own = `prices: { '${name}': { ${lane}: { input: …, output: … } } } in offpeak.config.ts, with what your provider charges for a million tokens, in dollars`
  return namedAs == null ? own : `${namedAs} names the model behind it; or ${own}`
}
