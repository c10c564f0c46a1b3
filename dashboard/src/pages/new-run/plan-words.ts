import type { Plan } from '../../../../src/server/contract/plan.ts'
import { formatBytes } from '../../../../src/wording/bytes.ts'
import { formatCount, formatLarge, formatPercent, plural } from '../../../../src/wording/count.ts'

/** The records of a plan in a line, as the command line has it. */
export function recordWords({
  selected,
  sourceRecords,
  toSend,
  unchanged,
  changed,
  unusable,
  exact,
  uncompared,
  paidBefore,
  failsAgain,
  changedParts,
  isKept,
}: Plan): string {
  const about = exact ? '' : 'about '
  const whole = `${about}${formatCount(selected)}`
  const leftOut = paidBefore?.isSentAgain === false ? paidBefore.records : 0
  const asked = failsAgain?.isSentAgain === false ? failsAgain.records : 0
  const same = selected - toSend - unchanged - unusable - leftOut - asked - uncompared
  const parts = Object.entries(changedParts).map(([part, count]) => `${part} of ${formatCount(count ?? 0)}`)
  const what = parts.length === 0 ? '' : ` (${parts.join(', ')})`
  return [
    sourceRecords === selected
      ? `${whole} selected`
      : `${whole} parts of ${about}${plural(sourceRecords, 'record')}`,
    `${formatCount(unchanged)} done before`,
    changed > 0
      ? `${about}${formatCount(changed)} ${isKept ? 'kept as done although they changed' : 'to be done again, as they changed'}${what}`
      : '',
    same > 0 ? `${formatCount(same)} the same as another` : '',
    unusable > 0 ? `${formatCount(unusable)} unusable` : '',
    leftOut > 0 ? `${formatCount(leftOut)} possibly paid before` : '',
    asked > 0 ? `${formatCount(asked)} asked without success before` : '',
    uncompared > 0 ? `${formatCount(uncompared)} done by an earlier version` : '',
  ]
    .filter((part) => part !== '')
    .join(' · ')
}

/** What may have been paid before, and the command that looks for its answers for nothing. */
export function paidBeforeWords({ paidBefore }: Plan): {
  readonly words: string
  readonly command: string
} | null {
  if (paidBefore === null) return null
  const { records, runs, isSentAgain } = paidBefore
  const [newest = ''] = runs
  const where = runs.length === 1 ? `run ${newest}` : `${formatCount(runs.length)} runs, the newest ${newest}`
  return {
    words: `${plural(records, 'record')} may have been paid in ${where} without an answer at hand, and ${
      isSentAgain ? 'will be paid again' : 'will be left out'
    }. Look for the answers first, which costs nothing:`,
    command: `offpeak resume ${newest}`,
  }
}

export function requestWords(plan: Plan): string {
  const { toSend, files, largestFileBytes, exact } = plan
  if (toSend === 0) return `none: ${whyNothing(plan)}`
  const size = `${files > 1 ? 'largest ' : ''}${formatBytes(largestFileBytes)}`
  return `${exact ? '' : 'about '}${formatCount(toSend)} in ${plural(files, 'file')} (${size})`
}

/** Why nothing is to be sent, as the command line says it. */
function whyNothing({ selected, unchanged, unusable, paidBefore, failsAgain, uncompared }: Plan): string {
  if (selected === 0) return 'no records are selected'
  if (unchanged >= selected) return `all ${formatCount(selected)} are done and unchanged`
  const leftOut = (paidBefore?.records ?? 0) + (failsAgain?.records ?? 0) + uncompared
  return [
    unusable > 0 ? `${unusable === selected ? 'all ' : ''}${formatCount(unusable)} cannot be used` : '',
    unchanged > 0 ? `${formatCount(unchanged)} done and unchanged` : '',
    leftOut > 0 ? `${formatCount(leftOut)} left out` : '',
  ]
    .filter((part) => part !== '')
    .join(', ')
}

const knownFrom = {
  history: 'as in the last run',
  try: 'as in your tries',
  guess: 'a guess until a first try or run',
} as const

export function tokenWords({
  inputTokens,
  outputTokensPerRecord: output,
  toSend,
  sampled,
  exact,
}: Plan): string {
  const { errorPercent } = inputTokens
  const by = exact ? (errorPercent === 0 ? 'counted' : 'estimated') : `sample of ${formatCount(sampled)}`
  const how = exact && errorPercent === 0 ? by : `${by}, ±${formatPercent(errorPercent)}`
  const input = `${formatLarge(inputTokens.likely)} in (${how})`
  if (output.from === 'vector') return `${input} · vectors out, which cost nothing`
  return `${input} · about ${formatLarge(output.likely * toSend)} out (${formatCount(output.likely)} each, ${knownFrom[output.from]})`
}

export function quotaWords(plan: Plan): string {
  const { accounts } = plan.quota
  if (accounts.length < 2 || plan.deliveryMode !== 'batch') return ownQuotaWords(plan)
  const each = accounts.map(
    ({ name, limitTokens, usedTokens }) =>
      `${name} (${limitTokens === null ? 'no limit is known yet' : `${formatLarge(limitTokens)} enqueued tokens`}, ${formatLarge(usedTokens)} in use)`,
  )
  return `${accounts.length} accounts, each by the room that it has: ${each.join(', ')} · completion window 24 h`
}

function ownQuotaWords({
  deliveryMode,
  withoutBatches,
  quota: { limitTokens, usedTokens, waves },
}: Plan): string {
  if (withoutBatches !== null)
    return `no queue: asked one by one, ${formatCount(withoutBatches.atOnce)} at a time in each process`
  if (deliveryMode !== 'batch') return 'no queue: answered one by one, within the limits of a minute'
  if (limitTokens === null)
    return 'no limit of enqueued tokens is known yet; it is learned from the first rejection · completion window 24 h'
  const used = usedTokens > 0 ? `, ${formatLarge(usedTokens)} in use` : ''
  return `${formatLarge(limitTokens)} enqueued tokens${used}: ${plural(waves ?? 1, 'wave')}, each with a completion window of 24 h`
}

/** The bounds that an answer may break, as nothing but its judgement holds it to them. */
export function toldWords(told: readonly string[]): readonly string[] {
  return told.length === 0
    ? []
    : [...told, 'not enforced by the service: an answer that breaks one is invalid']
}

/** What was changed in the schema, and where: the same change of many fields on one line. */
export function rewriteWords(rewrites: readonly string[]): readonly string[] {
  const split = rewrites.map((rewrite) => {
    const [place = '', ...change] = rewrite.split(': ')
    return { place, change: change.join(': ') }
  })
  return [...Map.groupBy(split, ({ change }) => change)].map(([change, all]) => {
    const named = all.slice(0, 3).map(({ place }) => place)
    const more = all.length - named.length
    return `schema rewritten: ${named.join(', ')}${more > 0 ? ` and ${formatCount(more)} more` : ''}: ${change}`
  })
}
