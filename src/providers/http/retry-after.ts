import type { IncomingHttpHeaders } from 'node:http'

/** Longest wait in milliseconds that a header can ask for: an hour later the service is simply asked again. */
export const maxRetryAfterMs = 3_600_000

/**
 * How long the service wants us to stay away, in milliseconds; null when it does not say.
 *
 * Knows `retry-after-ms` and `x-ms-retry-after-ms` (Azure), and `retry-after` as seconds or an HTTP date (RFC 9110).
 * A date is read against the answer's own `date`, so that a wrong clock on either side does not matter.
 */
export function retryAfterMs(headers: IncomingHttpHeaders, nowMs: number): number | null {
  const exact = numberOf(headers['retry-after-ms']) ?? numberOf(headers['x-ms-retry-after-ms'])
  if (exact !== null) return capped(exact)
  const text = headers['retry-after']
  if (text === undefined) return null
  const seconds = numberOf(text)
  if (seconds !== null) return capped(seconds * 1000)
  const until = Date.parse(text)
  if (Number.isNaN(until)) return null
  const sentMs = Date.parse(headers.date ?? '')
  return capped(until - (Number.isNaN(sentMs) ? nowMs : sentMs))
}

function numberOf(header: string | readonly string[] | undefined): number | null {
  if (typeof header !== 'string' || header.trim() === '') return null
  const value = Number(header)
  return Number.isFinite(value) ? value : header.trim().startsWith('-') ? 0 : null
}

function capped(delayMs: number): number {
  return Math.min(Math.max(0, Math.ceil(delayMs)), maxRetryAfterMs)
}
