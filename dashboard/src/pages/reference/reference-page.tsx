import { Empty } from '../../design/empty.tsx'

/** What the API of this server takes and answers. */
export function ReferencePage() {
  return <Empty title="Not built yet" />
}
