import { formatDuration } from '../../wording/duration.ts'

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
