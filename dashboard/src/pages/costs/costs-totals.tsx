import type { Costs } from '../../../../src/server/contract/cost.ts'
import { Money } from '../../design/charts/figures.tsx'
import { Facts } from '../../design/page.tsx'
import { formatCount, formatShare, plural } from '../../../../src/wording/count.ts'

/** What all of it comes to. */
export function CostsTotals({ total }: { readonly total: Costs['total'] }) {
  const { spentMicroUsd, realtimeMicroUsd, savedMicroUsd, wastedMicroUsd, duplicateMicroUsd } = total
  return (
    <Facts
      entries={[
        {
          name: 'Spent',
          value: <Money microUsd={spentMicroUsd} />,
          note: `${plural(total.runs, 'run')}, ${formatCount(total.merged)} merged`,
        },
        {
          name: 'Saved against real time',
          value: <Money microUsd={savedMicroUsd} />,
          note:
            realtimeMicroUsd > 0 ? `${formatShare(savedMicroUsd, realtimeMicroUsd)} of its price` : undefined,
        },
        {
          name: 'Paid, but unusable',
          value: <Money microUsd={wastedMicroUsd} />,
          note:
            wastedMicroUsd > 0
              ? `${formatShare(wastedMicroUsd, spentMicroUsd)} of what was spent`
              : undefined,
        },
        {
          name: 'Paid twice',
          value: <Money microUsd={duplicateMicroUsd} />,
          note: duplicateMicroUsd > 0 ? 'by a mishap at the provider' : undefined,
        },
        {
          name: 'Reserved',
          value: <Money microUsd={total.reservedMicroUsd} />,
          note: total.reservedMicroUsd > 0 ? 'at most, for what is on its way' : undefined,
        },
      ]}
    />
  )
}
