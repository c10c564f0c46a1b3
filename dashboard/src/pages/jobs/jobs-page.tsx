import { Empty } from '../../design/empty.tsx'

/** The jobs of the project. */
export function JobsPage() {
  return <Empty title="Not built yet" />
}
