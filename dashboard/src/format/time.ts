import { formatDuration } from '../../../src/wording/duration.ts'

/** How far from now, in its largest unit: `just now`, `5 m ago`, `in 3 h`. */
export function formatAgo(at: number, now: number): string {
  const awayMs = Math.abs(now - at)
  if (awayMs < 10_000) return 'just now'
  const [amount, unit] = formatDuration(awayMs).split(' ')
  return at < now ? `${amount} ${unit} ago` : `in ${amount} ${unit}`
}

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const days = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
const years = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })

/** As short as it is clear: `10:51` today, `20 Nov 10:51` this year, `20 Nov 2025` before. */
export function formatMoment(at: number, now: number): string {
  const [then, today] = [new Date(at), new Date(now)]
  if (then.toDateString() === today.toDateString()) return clock.format(then)
  return then.getFullYear() === today.getFullYear()
    ? `${days.format(then)} ${clock.format(then)}`
    : years.format(then)
}

/** Local date and time to the second, for whoever asks precisely: `2026-11-20 12:03:11`. */
export function formatExact(at: number): string {
  const date = new Date(at)
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}
