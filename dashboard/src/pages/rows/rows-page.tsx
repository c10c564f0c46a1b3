import { Empty } from '../../design/empty.tsx'

/** The records of a run. */
export function RowsPage() {
  return <Empty title="Not built yet" />
}
