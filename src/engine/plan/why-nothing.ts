import type { Plan } from './plan.ts'

/** Why a plan has nothing to send, in words: `12 cannot be used`, `all 40 are done and unchanged`. */
export function whyNothing({
  selected,
  unchanged,
  unusable,
  paidBefore,
  failsAgain,
  uncompared,
}: Pick<Plan, 'selected' | 'unchanged' | 'unusable' | 'paidBefore' | 'failsAgain' | 'uncompared'>): string {
  if (selected === 0) return 'no records are selected'
  if (unchanged >= selected)
    return selected === 1
      ? 'the one record is done and unchanged'
      : `all ${count(selected)} are done and unchanged`
  const leftOut = (paidBefore?.records ?? 0) + (failsAgain?.records ?? 0) + uncompared
  return [
    ...(unusable > 0
      ? [`${unusable === selected && selected > 1 ? 'all ' : ''}${count(unusable)} cannot be used`]
      : []),
    ...(unchanged > 0 ? [`${count(unchanged)} ${unchanged === 1 ? 'is' : 'are'} done and unchanged`] : []),
    ...(leftOut > 0 ? [`${count(leftOut)} ${leftOut === 1 ? 'is' : 'are'} left out`] : []),
  ].join(', ')
}

function count(records: number): string {
  return records.toLocaleString('en-US')
}
