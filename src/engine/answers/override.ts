import type { RequestRow } from '../../ports/state.ts'
import type { Store } from '../../ports/store.ts'
import type { VerdictRow } from '../../ports/store/answers.ts'

/**
 * A person's decision on an answer: it counts as accepted, whatever the job's `check` and the minimum of its `score`
 * say, as it is or with another output in its place.
 */
export interface Override {
  /** Null: the answer's own output. */
  readonly patch: { readonly output: unknown } | null
}

/** The answer as it is, accepted. */
export const acceptedAsIs: Override = { patch: null }

/**
 * A function from a record to the decision on it; `attemptId` is that of the answer at hand, as the decision holds for
 * no other answer.
 */
export type OverrideOf = (
  request: Pick<RequestRow, 'runId' | 'seq'>,
  attemptId: number | null,
) => Override | null

/** Decisions of people on these records, of one run or of several. */
export async function overridesOf(
  store: Pick<Store, 'verdicts'>,
  requests: readonly Pick<RequestRow, 'runId' | 'seq'>[],
): Promise<OverrideOf> {
  const rows = new Map<string, VerdictRow>()
  for (const [runId, ofRun] of Map.groupBy(requests, (request) => request.runId))
    for (const row of await store.verdicts(
      runId,
      ofRun.map(({ seq }) => seq),
    ))
      rows.set(`${runId}/${row.seq}`, row)
  return ({ runId, seq }, attemptId) => overrideIn(rows.get(`${runId}/${seq}`) ?? null, attemptId)
}

/** The decision of a verdict on the answer of an attempt. */
export function overrideIn(row: VerdictRow | null, attemptId: number | null): Override | null {
  if (row === null || row.overruled === 0 || row.attemptId !== attemptId) return null
  return row.patch === null ? acceptedAsIs : { patch: { output: JSON.parse(row.patch) as unknown } }
}
