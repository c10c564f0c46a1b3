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
