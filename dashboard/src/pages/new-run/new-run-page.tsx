import { Empty } from '../../design/empty.tsx'

/** From a job to a run: parameters, plan, amount. */
export function NewRunPage() {
  return <Empty title="Not built yet" />
}
