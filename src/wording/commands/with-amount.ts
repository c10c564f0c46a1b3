import { formatMost } from '../amount.ts'

/** A command that spends, with the amount that is enough for it, so that it works where nobody can be asked; null: not known. */
export function withAmount(command: string, mostMicroUsd: number | null): string {
  return mostMicroUsd === null ? command : `${command} --max-cost '${formatMost(mostMicroUsd)}'`
}
