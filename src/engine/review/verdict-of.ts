import type { RequestRow } from '../../ports/state.ts'
import type { Flow } from '../flow.ts'
import { answeredBy } from '../merge/answered-by.ts'
import type { Verdict } from './give-verdict.ts'

/** What people think of the answer that a record has now; null: nobody has said anything. */
export async function verdictOf(
  { store }: Pick<Flow, 'store'>,
  request: RequestRow,
): Promise<Verdict | null> {
  const [row] = await store.verdicts(request.runId, [request.seq])
  if (!row || row.verdict === null) return null
  const { attemptId } = await answeredBy(store, request)
  const { runId, key, verdict, reason, by, at } = row
  return row.attemptId === attemptId ? { run: runId, key, verdict, reason, by, at } : null
}
