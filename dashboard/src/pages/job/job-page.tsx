import { Empty } from '../../design/empty.tsx'

/** One job. */
export function JobPage() {
  return <Empty title="Not built yet" />
}
