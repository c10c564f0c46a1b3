import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { runQuery } from '../../api/runs.ts'
import { BatchGroups } from './batch-groups.tsx'
import { Commands } from './commands.tsx'
import { CostSoFar } from './cost-so-far.tsx'
import { OutcomeCounts } from './outcome-counts.tsx'
import { Standing } from './standing.tsx'
import styles from './overview-page.module.css'

const route = getRouteApi('/runs/$run')

/** Where a run stands: records, batches and money at one glance. */
export function OverviewPage() {
  const { run } = route.useParams()
  const { data: status } = useQuery(runQuery(run))
  // The frame of the run has it already, or says why not.
  if (status === undefined) return null
  return (
    <div className={styles['parts']}>
      <Standing status={status} />
      <div className={styles['columns']}>
        <div className={styles['column']}>
          <BatchGroups status={status} />
          <OutcomeCounts status={status} />
        </div>
        <div className={styles['column']}>
          <CostSoFar status={status} />
        </div>
      </div>
      <Commands status={status} />
    </div>
  )
}
