import { Empty } from '../../design/empty.tsx'

/** What was asked: an example of the requests. */
export function PromptPage() {
  return <Empty title="Not built yet" />
}
