import type { Comparison, Difference } from '../../../../src/server/contract/compare.ts'
import { formatCount } from '../../../../src/wording/count.ts'
import { formatUsd } from '../../../../src/wording/amount.ts'

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

/** The figures of both sides, line by line. */
export function figureRows({
  a,
  b,
  differences,
}: Pick<Comparison, 'a' | 'b' | 'differences'>): readonly FigureRow[] {
  const valid = plain('Valid', share(a.validPercent), share(b.validPercent))
  const score = plain('Score', a.score?.toFixed(3) ?? none, b.score?.toFixed(3) ?? none)
  const perRecord = plain('Cost of a record', usd(a.microUsdPerRecord), usd(b.microUsdPerRecord))
  return [
    plain('Records compared', formatCount(a.compared), formatCount(b.compared)),
    told(valid, differences.validPercent, 'more', (points) => `${points.toFixed(1)} points more`),
    ...(a.score === null && b.score === null
      ? []
      : [told(score, differences.score, 'more', (size) => `${size.toFixed(3)} higher`)]),
    told(perRecord, differences.microUsdPerRecord, 'less', () => {
      const [less = 0, more = 0] = [a.microUsdPerRecord ?? 0, b.microUsdPerRecord ?? 0].toSorted(
        (one, other) => one - other,
      )
      return `${Math.round((1 - less / more) * 100)} % less`
    }),
    plain('Cost of the run', formatUsd(a.costMicroUsd), formatUsd(b.costMicroUsd)),
    plain('Tokens out', tokens(a.outputTokens), tokens(b.outputTokens)),
  ]
}

const none = '–'

function plain(name: string, a: string, b: string): FigureRow {
  return { name, a, b, better: null, note: null }
}

/** A row with what its difference says: nothing where it is none, and no better side where it may be chance. */
function told(
  row: FigureRow,
  found: Difference | null,
  better: 'more' | 'less',
  words: (size: number) => string,
): FigureRow {
  if (row.a === row.b) return row
  if (found === null) return { ...row, note: 'too few to tell' }
  if (found.mayBeChance) return { ...row, note: 'may be chance' }
  const isMore = found.difference > 0
  return {
    ...row,
    better: isMore === (better === 'more') ? 'b' : 'a',
    note: words(Math.abs(found.difference)),
  }
}

function share(percent: number | null): string {
  return percent === null ? none : `${percent.toFixed(1)} %`
}

function usd(microUsd: number | null): string {
  return microUsd === null ? none : formatUsd(microUsd)
}

function tokens(mean: number | null): string {
  return mean === null ? none : formatCount(mean)
}
