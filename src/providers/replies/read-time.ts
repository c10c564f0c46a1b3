const latestSeconds = 100_000_000_000

/** Unix seconds or milliseconds, as number or text, or ISO 8601 (UTC where it names no zone), in milliseconds. */
export function readTimeMs(value: unknown): number | null {
  if (typeof value === 'string') {
    const trimmed = value.trim()
    if (/^\d+(\.\d+)?$/.test(trimmed)) return readTimeMs(Number(trimmed))
    const zoned = /(?:z|[+-]\d\d:?\d\d)$/i.test(trimmed) ? trimmed : `${trimmed}Z`
    const parsed = Date.parse(zoned)
    return Number.isNaN(parsed) ? null : parsed
  }
  if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) return null
  return Math.round(value < latestSeconds ? value * 1000 : value)
}
