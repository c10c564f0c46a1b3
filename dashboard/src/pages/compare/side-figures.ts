import type { Comparison } from '../../../../src/server/contract/compare.ts'
import { formatCount } from '../../format/count.ts'
import { formatUsd } from '../../format/money.ts'

/** One line of the figures: both values, and what is better about one of them. */
export interface FigureRow {
  readonly name: string
  readonly a: string
  readonly b: string
  /** Null: they are the same, or it is no matter of better and worse, or chance does as well. */
  readonly better: 'a' | 'b' | null
  /** How they differ, said of the better one; or why nothing is better. */
  readonly note: string | null
}

type Side = Comparison['a']

/** The figures of both sides, line by line. */
export function figureRows({ a, b }: Pick<Comparison, 'a' | 'b'>): readonly FigureRow[] {
  return [
    plain('Records', formatCount(a.records), formatCount(b.records)),
    valid(a, b),
    ...(a.score === null && b.score === null ? [] : [score(a.score, b.score)]),
    perRecord(a.microUsdPerRecord, b.microUsdPerRecord),
    plain('Cost in all', formatUsd(a.costMicroUsd), formatUsd(b.costMicroUsd)),
    plain('Tokens out', tokens(a.outputTokens), tokens(b.outputTokens)),
  ]
}

const none = '–'
/** Of a normal distribution: beyond it, chance does it once in twenty times. */
const unlikely = 1.96

function plain(name: string, a: string, b: string): FigureRow {
  return { name, a, b, better: null, note: null }
}

function valid(a: Side, b: Side): FigureRow {
  const row = plain('Valid', share(a.validPercent), share(b.validPercent))
  if (a.validPercent === null || b.validPercent === null || row.a === row.b) return row
  if (Math.abs(distance(a.validPercent, a.records, b.validPercent, b.records)) < unlikely)
    return { ...row, note: 'may be chance' }
  const points = Math.abs(b.validPercent - a.validPercent).toFixed(1)
  return { ...row, better: b.validPercent > a.validPercent ? 'b' : 'a', note: `${points} points more` }
}

/** How far two shares are apart, in standard errors. */
function distance(a: number, ofA: number, b: number, ofB: number): number {
  const pooled = (a * ofA + b * ofB) / (ofA + ofB) / 100
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / ofA + 1 / ofB))
  return error === 0 ? 0 : (b - a) / 100 / error
}

function score(a: number | null, b: number | null): FigureRow {
  const row = plain('Score', a?.toFixed(3) ?? none, b?.toFixed(3) ?? none)
  if (a === null || b === null || row.a === row.b) return row
  return { ...row, better: b > a ? 'b' : 'a', note: `${Math.abs(b - a).toFixed(3)} higher` }
}

function perRecord(a: number | null, b: number | null): FigureRow {
  const usd = (value: number | null): string => (value === null ? none : formatUsd(value))
  const row = plain('Cost of a record', usd(a), usd(b))
  if (a === null || b === null || a === b) return row
  const less = Math.round((1 - Math.min(a, b) / Math.max(a, b)) * 100)
  return less === 0 ? row : { ...row, better: b < a ? 'b' : 'a', note: `${less} % less` }
}

function share(percent: number | null): string {
  return percent === null ? none : `${percent.toFixed(1)} %`
}

function tokens(mean: number | null): string {
  return mean === null ? none : formatCount(mean)
}
