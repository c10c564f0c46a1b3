import { Empty } from '../../design/empty.tsx'

/** All runs, newest first. */
export function RunsPage() {
  return <Empty title="Not built yet" />
}
