/** Whole numbers with separators: `118,498`. */
export function formatCount(count: number): string {
  return Math.round(count).toLocaleString('en-US')
}

/** `1 record`, `2 records`. */
export function plural(count: number, one: string, many: string = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}

const sizes = [
  ['B', 1e9],
  ['M', 1e6],
  ['k', 1e3],
] as const

/** Large numbers for people: `734.7 M`. */
export function formatLarge(count: number): string {
  const unit = count < 100_000 ? undefined : sizes.find(([, size]) => count >= size)
  if (unit === undefined) return formatCount(count)
  const [name, size] = unit
  const shown = (count / size).toLocaleString('en-US', {
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
  })
  return `${shown} ${name}`
}

/** A share in percent: `12 %`, `0.3 %`. */
export function formatPercent(percent: number): string {
  return `${percent !== 0 && Math.abs(percent) < 1 ? percent.toFixed(1) : Math.round(percent)} %`
}

/** How much of the whole a part is; it reads 100 % only when nothing is missing, and 0 % only when nothing is there. */
export function formatShare(part: number, whole: number): string {
  if (whole <= 0 || part <= 0) return '0 %'
  if (part >= whole) return '100 %'
  const percent = (part / whole) * 100
  if (percent < 1) return percent < 0.1 ? '< 0.1 %' : `${percent.toFixed(1)} %`
  return percent > 99 ? `${(Math.floor(percent * 10) / 10).toFixed(1)} %` : `${Math.round(percent)} %`
}
