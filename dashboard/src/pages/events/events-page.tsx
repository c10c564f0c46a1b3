import { Empty } from '../../design/empty.tsx'

/** What happened to a run. */
export function EventsPage() {
  return <Empty title="Not built yet" />
}
