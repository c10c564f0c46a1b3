import { Empty } from '../../design/empty.tsx'

/** Two runs, or two prompts, beside each other. */
export function ComparePage() {
  return <Empty title="Not built yet" />
}
