/** A cell that no row can show; the message ends a sentence that begins with its column. */
export class Unreadable extends Error {}

/** A whole number as JSON has it: a number where that is exact (within ±2^53), else text. */
export function wholeValue(value: bigint): number | string {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : String(value)
}

/** Bytes as text: `\x` and two hexadecimal digits each. */
export function bytesText(bytes: Uint8Array): string {
  return `\\x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}`
}

/** As long as a line of a file may be; as text they are twice that. */
const mostBytes = 64 * 1024 * 1024

/** `bytesText` for a row. Throws `Unreadable` for more than 64 MiB. */
export function readableBytes(bytes: Uint8Array): string {
  if (bytes.length > mostBytes)
    throw new Unreadable(`has ${bytes.length.toLocaleString('en-US')} bytes, more than 64 MiB`)
  return bytesText(bytes)
}

/** The first of some bytes as text, for people. */
export function firstBytes(bytes: Uint8Array): string {
  const most = 64
  return bytes.length > most ? `${bytesText(bytes.subarray(0, most))}…` : bytesText(bytes)
}

/** A number without its decimal point, and the count of digits behind it, as exact text: `-12.30`. */
export function decimalText(unscaled: bigint, scale: number): string {
  if (scale <= 0) return String(unscaled * 10n ** BigInt(-scale))
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0')
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

const perSecond = { s: 1n, ms: 1_000n, us: 1_000_000n, ns: 1_000_000_000n } as const

/** An instant as `2026-01-31T10:20:30.123456Z`; the bare number as text where no calendar reaches it. */
export function instantText(count: bigint, unit: keyof typeof perSecond): string {
  const per = perSecond[unit]
  const seconds = count / per - (count % per < 0n ? 1n : 0n)
  const rest = count - seconds * per
  const date = new Date(Number(seconds) * 1_000)
  if (Number.isNaN(date.getTime())) return String(count)
  const fraction =
    rest === 0n
      ? ''
      : `.${String(rest)
          .padStart(String(per).length - 1, '0')
          .replace(/0+$/, '')}`
  return `${date.toISOString().slice(0, -5)}${fraction}Z`
}

/** A time of day as `10:20:30.5`; the bare number as text where it is none. */
export function timeText(count: bigint, unit: keyof typeof perSecond): string {
  const isOfDay = count >= 0n && count < 86_400n * perSecond[unit]
  return isOfDay ? instantText(count, unit).slice('1970-01-01T'.length, -1) : String(count)
}

/** A day as `2026-01-31`, counted from 1970-01-01. */
export function dayText(days: number): string {
  const date = new Date(days * 86_400_000)
  return Number.isNaN(date.getTime()) ? String(days) : date.toISOString().slice(0, -14)
}

/** About how many characters a row or value has. */
export function weight(value: unknown): number {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null) return 8
  return Object.values(value).reduce((sum: number, item) => sum + weight(item), 16)
}

/** A value as its own `toString` shows it. */
export function shownText(value: unknown): string {
  return String(value)
}
