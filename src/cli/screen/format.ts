import { formatCap, formatUsd } from '../../domain/money.ts'

export { formatCap, formatUsd }

/** Whole numbers with separators: `118,498`. */
export function formatCount(count: number): string {
  return Math.round(count).toLocaleString('en-US')
}

/** `1 record`, `2 records`. */
export function plural(count: number, one: string, many: string = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}

/** Large numbers for people: `734.7 M`. */
export function formatLarge(count: number): string {
  if (count < 100_000) return formatCount(count)
  for (const [unit, size] of [
    ['B', 1e9],
    ['M', 1e6],
    ['k', 1e3],
  ] as const) {
    if (count >= size)
      return `${(count / size).toLocaleString('en-US', { maximumFractionDigits: 1, minimumFractionDigits: 1 })} ${unit}`
  }
  return formatCount(count)
}

/** Bytes for people: `199.8 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`
  for (const [unit, size] of [
    ['GB', 1e9],
    ['MB', 1e6],
    ['kB', 1e3],
  ] as const) {
    if (bytes >= size) return `${(bytes / size).toFixed(1)} ${unit}`
  }
  return `${bytes} B`
}

const units: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
  ['w', 604_800_000],
])

/** Reads `6h`, `90s`, `1h30m`, `30d` into milliseconds; null when it is none. */
export function parseDuration(text: string): number | null {
  const trimmed = text.trim()
  if (!/^(\d+(\.\d+)?\s*(ms|s|m|h|d|w)\s*)+$/.test(trimmed)) return null
  let totalMs = 0
  for (const [, amount, unit] of trimmed.matchAll(/(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)/g))
    totalMs += Number(amount) * (units.get(unit ?? '') ?? 0)
  return totalMs > 0 ? totalMs : null
}

/** A span of time in its two largest units: `5 h 41 m`, `2 m 3 s`, `0.4 s`. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 10_000) return `${(Math.max(0, durationMs) / 1_000).toFixed(1).replace(/\.0$/, '')} s`
  const seconds = Math.round(durationMs / 1_000)
  const [d, h, m, s] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3_600) % 24,
    Math.floor(seconds / 60) % 60,
    seconds % 60,
  ]
  if (d > 0) return h > 0 ? `${d} d ${h} h` : `${d} d`
  if (h > 0) return m > 0 ? `${h} h ${m} m` : `${h} h`
  return m > 0 ? (s > 0 ? `${m} m ${s} s` : `${m} m`) : `${s} s`
}

/** Local date and minute: `2026-11-20 12:03`. */
export function formatTime(at: number): string {
  const date = new Date(at)
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`
}

/** UTC without milliseconds, for machines: `2026-11-20T12:03:11Z`. */
export function formatUtc(at: number): string {
  return new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z')
}

/** How long ago: `just now`, `5 m ago`. */
export function formatAgo(at: number, now: number): string {
  const agoMs = now - at
  return agoMs < 10_000
    ? 'just now'
    : `${formatDuration(agoMs >= 3_600_000 ? Math.floor(agoMs / 60_000) * 60_000 : agoMs)
        .split(' ')
        .slice(0, 2)
        .join(' ')} ago`
}

/** A share in percent: `12 %`, `0.3 %`. */
export function formatPercent(percent: number): string {
  return `${percent !== 0 && percent < 1 ? percent.toFixed(1) : Math.round(percent)} %`
}
