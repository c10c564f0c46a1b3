import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { costsQuery } from '../../api/costs.ts'
import { Count, Money } from '../../design/charts/figures.tsx'
import { Facts } from '../../design/page.tsx'
import { useSession } from '../../shell/session.tsx'

/** What the last 30 days cost and came to; left out as long as there is nothing to say. */
export function MonthFacts() {
  const { data } = useQuery(costsQuery({ by: 'job', since: '30d' }))
  const { simulated } = useSession()
  if (data === undefined || data.rows.length === 0) return null
  const { spentMicroUsd, reservedMicroUsd, savedMicroUsd, merged, needsAttention } = data.total
  return (
    <Facts
      entries={[
        {
          name: 'Spent in 30 days',
          value: <Money microUsd={spentMicroUsd} />,
          note: simulated ? 'simulated' : <Link to="/costs">on what</Link>,
        },
        { name: 'Saved against real time', value: <Money microUsd={savedMicroUsd} /> },
        reservedMicroUsd === 0
          ? null
          : { name: 'Reserved now', value: <Money microUsd={reservedMicroUsd} /> },
        { name: 'Records merged', value: <Count value={merged} large /> },
        {
          name: 'Need attention',
          value: <Count value={needsAttention} tone={needsAttention > 0 ? 'warn' : 'plain'} />,
        },
      ]}
    />
  )
}
