import type { Comparison, SeveralCompared } from '../../../engine/queries/compare/compare.ts'
import type { SideDifferences, SideFigures } from '../../../engine/queries/compare/side-figures.ts'
import type { Difference } from '../../../planning/answers/difference.ts'
import { cleanKey, cleanLine } from '../clean.ts'
import { formatCount, plural } from '../../../wording/count.ts'
import { formatUsd } from '../../../wording/amount.ts'
import type { Paint } from '../paint.ts'
import { table } from '../table.ts'
import { cutToWidth } from '../text-width.ts'

interface ViewOptions {
  readonly paint: Paint
  readonly columns: number
}

/** A figure of a side, and how two sides may differ in it. */
interface Figure {
  readonly title: string
  readonly of: (side: SideFigures) => string
  readonly difference: keyof SideDifferences | null
  /** A difference as it is written, without its sign. */
  readonly size: (difference: number) => string
}

const none = '-'

const figures: readonly Figure[] = [
  {
    title: 'valid',
    of: ({ validPercent }) => (validPercent === null ? none : `${validPercent.toFixed(1)} %`),
    difference: 'validPercent',
    size: (difference) => difference.toFixed(1),
  },
  {
    title: 'score',
    of: ({ score }) => (score === null ? none : score.toFixed(3)),
    difference: 'score',
    size: (difference) => difference.toFixed(3),
  },
  {
    title: 'tokens out',
    of: ({ outputTokens }) => (outputTokens === null ? none : outputTokens.toFixed(0)),
    difference: 'outputTokens',
    size: (difference) => difference.toFixed(difference < 10 ? 1 : 0),
  },
  {
    title: 'cost per record',
    of: ({ microUsdPerRecord }) => (microUsdPerRecord === null ? none : formatUsd(microUsdPerRecord)),
    difference: 'microUsdPerRecord',
    size: (difference) => formatUsd(difference),
  },
]

/** Two sides: figures over the records that both have, and how sure their difference is. */
export function comparisonView(comparison: Comparison, { paint, columns }: ViewOptions): string {
  const { job, a, b, common, differences, both, changed, examples, preferred } = comparison
  const models =
    a.model === b.model
      ? []
      : [{ title: 'model', a: cleanLine(a.model), b: cleanLine(b.model), difference: '' }]
  const rows = [
    ...models,
    ...figures.map(({ title, of, difference, size }) => ({
      title,
      a: of(a),
      b: of(b),
      difference: difference === null ? '' : surely(differences[difference], size),
    })),
    { title: 'cost of the run', a: formatUsd(a.costMicroUsd), b: formatUsd(b.costMicroUsd), difference: '' },
  ]
  const lines = [
    `  ${paint.strong(job)}   ${comparedWords(comparison)}`,
    table(
      [
        { title: '', value: (row) => row.title },
        { title: nameOf(a), value: (row) => row.a, right: true },
        { title: nameOf(b), value: (row) => row.b, right: true },
        { title: 'difference (95 %)', value: (row) => row.difference },
      ],
      rows,
      { paint, width: columns },
    ),
  ]
  if (common > 0 && a.compared < Math.max(a.records, b.records))
    lines.push(
      `  ${paint.faint(`${a.name} has ${plural(a.records, 'record')}, ${b.name} ${formatCount(b.records)}; what only one of them has an answer to is left out.`)}`,
    )
  if (both > 0)
    lines.push(
      `  ${changed === 0 ? 'No' : formatCount(changed)} of ${plural(both, 'accepted answer')} that both have ${changed === 1 ? 'differs' : 'differ'}.`,
    )
  const said = preferred.a + preferred.b + preferred.tie + preferred.bad
  if (said > 0)
    lines.push(
      `  Of ${plural(said, 'record')} people preferred ${cleanLine(a.name)} in ${formatCount(preferred.a)} and ${cleanLine(b.name)} in ${formatCount(preferred.b)}; ${formatCount(preferred.tie)} as good, ${formatCount(preferred.bad)} both bad.`,
    )
  for (const { key, a: first, b: second } of examples)
    lines.push(
      `  ${paint.strong(cleanKey(key))}`,
      `    ${paint.bad('-')} ${cutToWidth(cleanLine(first), columns - 8)}`,
      `    ${paint.good('+')} ${cutToWidth(cleanLine(second), columns - 8)}`,
    )
  return lines.join('\n')
}

/** Several sides, a line for each, with what they differ in from the first. */
export function severalView(compared: SeveralCompared, { paint, columns }: ViewOptions): string {
  const { job, sides } = compared
  const withScore = sides.some(({ score }) => score !== null)
  const shown = figures.filter(({ title }) => title !== 'score' || withScore)
  type Side = (typeof sides)[number]
  const cell = ({ of, difference, size }: Figure, side: Side): string => {
    const found = difference === null ? null : (side.differences?.[difference] ?? null)
    if (side.differences === null) return of(side)
    if (found === null) return `${of(side)} ?`
    if (found.difference === 0) return `${of(side)} =`
    return found.mayBeChance ? `${of(side)} ~` : `${of(side)} ${signed(found.difference, size)}`
  }
  return [
    `  ${paint.strong(job)}   ${severalWords(compared)}`,
    table<Side>(
      [
        { title: 'candidate', value: nameOf, shrink: true },
        { title: 'run', value: ({ name }) => name },
        { title: 'model', value: ({ model }) => model, shrink: true },
        ...shown.map((figure) => ({
          title: figure.title,
          value: (side: Side) => cell(figure, side),
        })),
        { title: 'cost', value: ({ costMicroUsd }) => formatUsd(costMicroUsd), right: true },
      ],
      sides,
      { paint, width: columns },
    ),
    `  ${paint.faint('against the first: = the same, ~ may be chance, ? too few records to tell')}`,
    ...compared.silent.map((candidate) => `  ${paint.warn(silentWords(candidate))}`),
  ].join('\n')
}

/** Which candidate is left out, and why. */
function silentWords({ job, run }: SeveralCompared['silent'][number]): string {
  const name = job.slice(job.indexOf('@') + 1)
  return run === null
    ? `${name} is left out: it has not run`
    : `${name} is left out: run ${run} has no answer (offpeak status ${run})`
}

/** A side as people know it: its candidate, or its run. */
function nameOf({ name, job }: Pick<SideFigures, 'name' | 'job'>): string {
  const at = job.indexOf('@')
  return at < 0 ? name : job.slice(at + 1)
}

function comparedWords({ common, a, b }: Comparison): string {
  return common > 0
    ? `over ${plural(common, 'record')} that both have an answer to`
    : `no record in common: each over its own (${formatCount(a.compared)} and ${formatCount(b.compared)})`
}

function severalWords({ common }: SeveralCompared): string {
  return common > 0
    ? `over ${plural(common, 'record')} that all have an answer to`
    : 'no record in common: each over its own'
}

/** `+4.0 (0.8 to 9.2)`, or that it may be chance. */
function surely(found: Difference | null, size: Figure['size']): string {
  if (found === null) return 'too few to tell'
  const { difference, low, high, mayBeChance } = found
  if (difference === 0 && low === 0 && high === 0) return 'none'
  const range = `${signed(low, size)} to ${signed(high, size)}`
  return mayBeChance ? `may be chance (${range})` : `${signed(difference, size)} (${range})`
}

function signed(difference: number, size: Figure['size']): string {
  const text = size(Math.abs(difference))
  return difference < 0 ? `-${text}` : `+${text}`
}
