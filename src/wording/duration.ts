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
