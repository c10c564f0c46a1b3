import type { Tone } from '../../words/tone.ts'
import { formatBytes } from '../../../../src/wording/bytes.ts'
import { formatCount, formatLarge } from '../../../../src/wording/count.ts'
import { formatUsd } from '../../../../src/wording/amount.ts'
import { formatAgo, formatExact, formatMoment } from '../../format/time.ts'
import { formatDuration } from '../../../../src/wording/duration.ts'
import { useNow } from '../now.ts'
import tones from '../states/tone.module.css'

/** An amount; null is a dash. The exact one is its title. */
export function Money({ microUsd }: { readonly microUsd: number | null }) {
  if (microUsd === null) return <Absent />
  return <span title={`$${(microUsd / 1e6).toFixed(6)}`}>{formatUsd(microUsd)}</span>
}

/** A whole number; `large` writes millions short. */
export function Count({
  value,
  large = false,
  tone = 'plain',
}: {
  readonly value: number | null
  readonly large?: boolean
  readonly tone?: Tone
}) {
  if (value === null) return <Absent />
  const exact = formatCount(value)
  return (
    <span className={tones[tone]} title={large ? exact : undefined}>
      {large ? formatLarge(value) : exact}
    </span>
  )
}

/** A moment, from now or by the clock, with the exact one as its title. */
export function Time({ at, clock = false }: { readonly at: number | null; readonly clock?: boolean }) {
  const now = useNow()
  if (at === null) return <Absent />
  return (
    <time dateTime={new Date(at).toISOString()} title={formatExact(at)}>
      {clock ? formatMoment(at, now) : formatAgo(at, now)}
    </time>
  )
}

export function Duration({ ms }: { readonly ms: number | null }) {
  return ms === null ? <Absent /> : <span>{formatDuration(ms)}</span>
}

export function Bytes({ value }: { readonly value: number }) {
  return <span title={`${formatCount(value)} bytes`}>{formatBytes(value)}</span>
}

/** Nothing there, which is no zero. */
export function Absent() {
  return (
    <span className={tones['faint']}>
      <span aria-hidden="true">–</span>
      <span className="said">none</span>
    </span>
  )
}
