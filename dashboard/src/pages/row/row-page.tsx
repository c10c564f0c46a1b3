import { Empty } from '../../design/empty.tsx'

/** One record of a run, over the list of records. */
export function RowPage() {
  return <Empty title="Not built yet" />
}
