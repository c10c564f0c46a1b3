import type { Comparison, Difference } from '../../../../src/server/contract/compare.ts'
import { formatCount, plural } from '../../../../src/wording/count.ts'
import { formatUsd } from '../../../../src/wording/amount.ts'
import { partsOf } from './side-name.ts'
import { shareInterval, votesToTell } from './share-interval.ts'

/** What the judgements and the figures say, in sentences. */
export interface Verdict {
  /** `clear`: one side is better; `open`: it could be chance; `thin`: too few judgements; `none`: no judgement. */
  readonly strength: 'clear' | 'open' | 'thin' | 'none'
  readonly better: 'a' | 'b' | null
  readonly headline: string
  readonly notes: readonly string[]
}

/** As many judgements that agree as can tell the sides apart. */
const fewestVotes = 8

type Side = Comparison['a']

/** Never says that one side is better where chance does as well. */
export function verdictOf({
  a,
  b,
  differences,
  preferred,
}: Pick<Comparison, 'a' | 'b' | 'differences' | 'preferred'>): Verdict {
  const decided = preferred.a + preferred.b
  const all = decided + preferred.tie + preferred.bad
  const leading = preferred.b >= preferred.a ? 'b' : 'a'
  const votes = preferred[leading]
  const notes = [badWords(preferred.bad, all), costWords(a, b, differences.microUsdPerRecord)].filter(
    (note) => note !== null,
  )
  if (partsOf(a.name).run === partsOf(b.name).run)
    return {
      strength: 'none',
      better: null,
      headline: 'No record in common: only the figures speak.',
      notes,
    }
  if (all === 0)
    return {
      strength: 'none',
      better: null,
      headline: 'Nobody has judged yet.',
      notes: [`${fewestVotes} judgements that agree are the fewest that tell A from B.`, ...notes],
    }
  const { low, high } = shareInterval(votes, decided - votes)
  const name = leading.toUpperCase()
  const seen = `${name} is preferred in ${formatCount(votes)} of ${formatCount(decided)}`
  if (low > 0.5)
    return {
      strength: 'clear',
      better: leading,
      headline: `${name} is better: preferred in ${formatCount(votes)} of ${formatCount(decided)}.`,
      notes: [
        `Of records where they differ in quality, ${name} is likely better in ${percent(low)} to ${percent(high)} %. Use ${name} for the full run.`,
        ...notes,
      ],
    }
  if (preferred.tie > decided && all >= fewestVotes)
    return {
      strength: 'open',
      better: null,
      headline: `Mostly as good: a tie in ${formatCount(preferred.tie)} of ${formatCount(all)}.`,
      notes,
    }
  if (decided < fewestVotes)
    return {
      strength: 'thin',
      better: null,
      headline:
        decided === 0 ? 'Too thin to tell: no record is better on one side.' : `Too thin to tell: ${seen}.`,
      notes: [`${fewestVotes} that agree are the fewest that tell A from B.`, ...notes],
    }
  return {
    strength: 'open',
    better: null,
    headline: `Not told apart yet: ${seen}, which chance does too.`,
    notes: [moreWords(votes, decided), ...notes],
  }
}

function moreWords(votes: number, decided: number): string {
  const needed = votes * 2 === decided ? null : votesToTell(votes, decided - votes)
  return needed === null
    ? 'They are close: many more judgements would hardly tell.'
    : `If it continues like this, about ${plural(needed - decided, 'more judgement')} would tell.`
}

function badWords(bad: number, all: number): string | null {
  return bad * 3 > all
    ? `Both are bad in ${formatCount(bad)} of ${formatCount(all)}: neither may be good enough for the full run.`
    : null
}

function costWords(a: Side, b: Side, found: Difference | null): string | null {
  if (a.microUsdPerRecord === null || b.microUsdPerRecord === null) return null
  const [less, more] = [a.microUsdPerRecord, b.microUsdPerRecord].toSorted((one, other) => one - other)
  if (less === undefined || more === undefined || more === 0 || percent(1 - less / more) === 0) return null
  const name = less === a.microUsdPerRecord ? 'A' : 'B'
  const seen = `${name} costs ${percent(1 - less / more)} % less: ${formatUsd(less)} a record`
  if (found === null) return `${seen}; these are too few records to tell.`
  return found.mayBeChance ? `${seen}, which chance does too.` : `${seen}.`
}

function percent(share: number): number {
  return Math.round(share * 100)
}
