/** Micro-dollars for people: cents from ten cents up, more digits below, so that a small run is not "$0.00". */
export function formatUsd(costMicroUsd: number): string {
  const dollars = costMicroUsd / 1e6
  const size = Math.abs(dollars)
  const digits = digitsOf(costMicroUsd)
  const amount = size.toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
  return `${dollars < 0 ? '−' : ''}$${amount}`
}

/**
 * Micro-dollars that bound a cost, for people: as many digits as any amount of its size, the last one rounded up. Typed as a
 * cap, it is never less than what it stands for.
 */
export function formatMost(mostMicroUsd: number): string {
  const unitMicroUsd = unitOf(mostMicroUsd)
  // Sums of fractions may lie a hair above the whole amount that they are.
  return formatUsd(Math.ceil(mostMicroUsd / unitMicroUsd - 1e-9) * unitMicroUsd)
}

/** Micro-dollars that are left, for people: the last digit is rounded down, so that they are never more than there is. */
export function formatLeft(leftMicroUsd: number): string {
  const unitMicroUsd = unitOf(leftMicroUsd)
  return formatUsd(Math.floor(leftMicroUsd / unitMicroUsd + 1e-9) * unitMicroUsd)
}

/** The amount that one of the last digit stands for. */
function unitOf(costMicroUsd: number): number {
  return 10 ** (6 - digitsOf(costMicroUsd))
}

/** How many digits of the dollar are shown. */
function digitsOf(costMicroUsd: number): number {
  const sizeMicroUsd = Math.abs(costMicroUsd)
  if (sizeMicroUsd === 0 || sizeMicroUsd >= 100_000) return 2
  return sizeMicroUsd < 1_000 ? 6 : 4
}

/** An amount as a cap to type: rounded up to the cent, so that it is never short. */
export function formatCap(costMicroUsd: number): string {
  return `$${(Math.ceil(costMicroUsd / 10_000) / 100).toFixed(2)}`
}

/** An amount exactly, as it is typed and sent: `$50.00`, `$0.0001`. */
export function exactUsd(costMicroUsd: number): string {
  return `$${(costMicroUsd / 1e6).toFixed(6).replace(/0{1,4}$/, '')}`
}

/** Micro-dollars of an amount as people write it (`$90`, `90`, `0.50`, `$1,200`); null when the text is none. */
export function parseUsd(text: string): number | null {
  const match = /^\$?\s*(\d{1,3}(?:,\d{3})+|\d+)?(\.\d+)?$/.exec(text.trim())
  if (!match || (match[1] === undefined && match[2] === undefined)) return null
  const amount = Number(`${(match[1] ?? '0').replaceAll(',', '')}${match[2] ?? ''}`)
  return Number.isFinite(amount) ? Math.round(amount * 1e6) : null
}
