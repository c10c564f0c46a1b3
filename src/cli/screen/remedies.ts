import { remedyCommand } from '../../wording/remedies.ts'
import type { Remedies, Remedy } from '../../engine/control/remedies.ts'
import { formatCount, plural } from '../../wording/count.ts'
import { formatMost, formatUsd } from '../../wording/amount.ts'
import type { Paint } from './paint.ts'
import { partWords } from './views/plan-view.ts'

const names = {
  judge: 'judge again',
  today: "with today's job",
  'as-sent': 'as sent',
} as const satisfies Record<Remedy['kind'], string>

/** Lines on the remedies of a run, each with its number of records, its price and its command. */
export function remedyLines({ run, items, stuck, problem }: Remedies, paint: Paint): readonly string[] {
  const lines = items.flatMap((remedy) => [
    `    ${formatCount(remedy.records)} ${names[remedy.kind]}, ${priceWords(remedy)}: ${whyWords(remedy)}`,
    `        ${paint.command(remedyCommand(run, remedy))}`,
  ])
  const left = Object.entries(stuck).map(([outcome, count]) => `${formatCount(count)} ${outcome}`)
  if (left.length > 0)
    lines.push(
      `    ${left.join(' · ')}: end the same again; change the job or the rows, or offpeak retry with --max-tokens or --model`,
    )
  if (problem !== null) lines.push(`    ${paint.warn(`today's job could not be looked at: ${problem}`)}`)
  return lines.length === 0 ? [] : [`  ${paint.strong('What can be done')}`, ...lines]
}

function priceWords({ kind, likelyMicroUsd, atMostMicroUsd }: Remedy): string {
  if (kind === 'judge') return 'free'
  const about =
    likelyMicroUsd === null ? 'for a price that is not known' : `for about ${formatUsd(likelyMicroUsd)}`
  return atMostMicroUsd === null ? about : `${about} (at most ${formatMost(atMostMicroUsd)})`
}

function whyWords({ kind, records, parts }: Remedy): string {
  switch (kind) {
    case 'judge':
      return `${plural(records, 'stored answer')} ${records === 1 ? 'fits' : 'fit'} the job as it is now`
    case 'today':
      return `changed since: ${partWords(parts)}`
    case 'as-sent':
      return 'the same request may succeed'
  }
}
