import { Empty } from '../../design/empty.tsx'

/** What was spent, on what. */
export function CostsPage() {
  return <Empty title="Not built yet" />
}
