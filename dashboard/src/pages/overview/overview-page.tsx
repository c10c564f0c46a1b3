import { Empty } from '../../design/empty.tsx'

/** Where a run stands. */
export function OverviewPage() {
  return <Empty title="Not built yet" />
}
