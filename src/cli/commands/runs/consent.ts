import { OffpeakError } from '../../../domain/errors.ts'
import type { CommandContext } from '../../command.ts'
import { amountFlag, yesFlag } from '../../../wording/commands/flags.ts'
import { formatCap, formatMost } from '../../../wording/amount.ts'

export const consentFlags = {
  maxCost: amountFlag(
    '--max-cost <amount>',
    "agree to spend up to so much, as in --max-cost '$90'; the run stops there",
  ),
  yes: yesFlag('-y, --yes', "agree to spend the job's budget"),
} as const

/** The question about a run's money, and the consent that was given beforehand. */
export interface Ask {
  readonly maxCostMicroUsd: number | null
  readonly yes: boolean
  /** What `--yes` agrees to: the job's budget, or the cap that was agreed to before. */
  readonly agreedMicroUsd: number | null
  /** The most that it can cost. */
  readonly atMostMicroUsd: number | null
  /** What else `--max-cost` is to be enough for: the jobs that follow. */
  readonly followersMicroUsd?: number
  /** What the amount of `--max-cost` is for, where that is more than what is asked about. */
  readonly inAll?: string
  /** As in `Send 50 requests for about $0.01 (at most $0.02)?` */
  readonly question: string
}

/**
 * The amount that may be spent: from `--max-cost`, from `--yes`, or from a person at the terminal, whose answer is
 * No unless it is yes, and who agrees to no more than the question has named: the least of what it can cost at most and
 * of what was agreed to before. Nobody is asked about what costs nothing. Throws E_CONSENT where nobody can be asked; `declined` is an answer, not an error.
 */
export async function consent(
  context: CommandContext,
  { maxCostMicroUsd, yes, agreedMicroUsd, atMostMicroUsd, followersMicroUsd = 0, inAll, question }: Ask,
): Promise<{ readonly capMicroUsd: number | null } | 'declined'> {
  if (maxCostMicroUsd !== null) return { capMicroUsd: maxCostMicroUsd }
  if (atMostMicroUsd === 0 && followersMicroUsd === 0) return { capMicroUsd: agreedMicroUsd ?? 0 }
  const suggestion = `--max-cost '${atMostMicroUsd === null ? '$10' : formatCap(atMostMicroUsd + followersMicroUsd)}'${inAll === undefined ? '' : ` (${inAll})`}`
  if (yes) {
    if (agreedMicroUsd !== null) return { capMicroUsd: agreedMicroUsd }
    throw new OffpeakError('E_CONSENT', '--yes agrees to a budget, and none is set', {
      fix: `${suggestion}, or budget: { perRun: '…' } in the job`,
    })
  }
  if (!context.mayAsk) {
    throw new OffpeakError('E_CONSENT', 'sending costs money, and nobody can be asked here', {
      fix:
        agreedMicroUsd === null
          ? `${suggestion}, or --yes when the job has a budget`
          : `${suggestion}, or --yes to agree to ${formatMost(agreedMicroUsd)}`,
    })
  }
  const answer = await context.io.ask(`  ${question}  y/N  `)
  if (answer !== null && /^y(es)?$/i.test(answer.trim()))
    return { capMicroUsd: least(agreedMicroUsd, atMostMicroUsd) }
  context.say('  Nothing was sent.')
  return 'declined'
}

function least(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.min(one, other)
}
