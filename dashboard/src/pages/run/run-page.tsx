import { Empty } from '../../design/empty.tsx'

/** One run: its head and its tabs. */
export function RunPage() {
  return <Empty title="Not built yet" />
}
