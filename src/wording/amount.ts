/** Micro-dollars for people: cents from a cent up, more digits below, so that a small run is not "$0.00". */
export function formatUsd(costMicroUsd: number): string {
  const dollars = costMicroUsd / 1e6
  const size = Math.abs(dollars)
  const digits = size !== 0 && size < 0.1 ? (size < 0.001 ? 6 : 4) : 2
  const amount = size.toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
  return `${dollars < 0 ? '−' : ''}$${amount}`
}

/** An amount as a cap to type: rounded up to the cent, so that it is never short. */
export function formatCap(costMicroUsd: number): string {
  return `$${(Math.ceil(costMicroUsd / 10_000) / 100).toFixed(2)}`
}

/** An amount exactly, as it is typed and sent: `$50.00`, `$0.0001`. */
export function exactUsd(costMicroUsd: number): string {
  return `$${(costMicroUsd / 1e6).toFixed(6).replace(/0{1,4}$/, '')}`
}

/** Reads an amount as people write it (`$90`, `90`, `0.50`, `$1,200`) into micro-dollars; null when it is none. */
export function parseUsd(text: string): number | null {
  const match = /^\$?\s*(\d{1,3}(?:,\d{3})+|\d+)?(\.\d+)?$/.exec(text.trim())
  if (!match || (match[1] === undefined && match[2] === undefined)) return null
  const amount = Number(`${(match[1] ?? '0').replaceAll(',', '')}${match[2] ?? ''}`)
  return Number.isFinite(amount) ? Math.round(amount * 1e6) : null
}
