import { Empty } from '../../design/empty.tsx'

/** Answers to be judged, one after the other. */
export function ReviewPage() {
  return <Empty title="Not built yet" />
}
