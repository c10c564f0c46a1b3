import { Empty } from '../../design/empty.tsx'

/** What needs a person, by its reason. */
export function ErrorsPage() {
  return <Empty title="Not built yet" />
}
