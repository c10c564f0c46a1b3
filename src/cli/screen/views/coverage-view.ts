import type { Coverage, CoverageGroup, RecordStates } from '../../../engine/queries/coverage.ts'
import { cleanLine } from '../clean.ts'
import { formatCount, formatPercent, plural } from '../../../wording/count.ts'
import type { Paint } from '../paint.ts'
import { table } from '../table.ts'

const barWidth = 20

/** How much of a job's source is done, as a table with a bar for each group. */
export function coverageView(
  { job, by, all, groups, isTruncated: cut }: Coverage,
  { paint, columns }: { readonly paint: Paint; readonly columns: number },
): string {
  const number = (name: keyof RecordStates) => ({
    title: name === 'total' ? 'records' : name,
    value: (group: CoverageGroup) => formatCount(group[name]),
    right: true,
  })
  const head = `  ${paint.strong(cleanLine(job))}   ${words(all)}`
  if (all.total === 0) return head
  const rows: readonly CoverageGroup[] = by.length === 0 ? [{ values: {}, ...all }] : groups
  const body = table<CoverageGroup>(
    [
      ...by.map((name) => ({
        title: name,
        value: ({ values }: CoverageGroup) => (values[name] === '' ? '-' : (values[name] ?? '-')),
        shrink: true,
      })),
      { title: 'done', value: (group) => bar(group), paint: (text) => paint.good(text) },
      {
        title: '',
        value: ({ done, total }) => formatPercent((100 * done) / Math.max(1, total)),
        right: true,
      },
      number('total'),
      number('stale'),
      number('failed'),
      number('never'),
    ],
    rows,
    { paint, width: columns },
  )
  const more = cut
    ? `\n  ${paint.faint(`Only the first ${formatCount(groups.length)} groups are told apart.`)}`
    : ''
  return `${head}\n${body}${more}`
}

/** Full only when every record is done. */
function bar({ done, total }: RecordStates): string {
  const filled = total === 0 ? 0 : Math.floor((barWidth * done) / total)
  return '#'.repeat(filled) + '-'.repeat(barWidth - filled)
}

function words({ total, done, stale, failed, never }: RecordStates): string {
  if (total === 0) return 'no record is selected'
  const rest = [
    stale === 0 ? null : `${formatCount(stale)} changed since`,
    failed === 0 ? null : `${formatCount(failed)} not accepted`,
    never === 0 ? null : `${formatCount(never)} never asked`,
  ].filter((text) => text !== null)
  return [`${formatCount(done)} of ${plural(total, 'record')} done`, ...rest].join(', ')
}
