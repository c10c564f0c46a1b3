import { Empty } from '../../design/empty.tsx'

/** The batches of a run. */
export function BatchesPage() {
  return <Empty title="Not built yet" />
}
