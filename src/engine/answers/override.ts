import type { RequestRow } from '../../ports/state.ts'
import type { Store } from '../../ports/store.ts'
import type { VerdictRow } from '../../ports/store/answers.ts'

/**
 * What a person has decided about an answer: it counts as accepted, whatever the job's `check` and the minimum of its
 * `score` say, as it is or with another output in its place.
 */
export interface Override {
  /** Null: the answer's own output. */
  readonly patch: { readonly output: unknown } | null
}

/** The answer as it is, accepted. */
export const acceptedAsIs: Override = { patch: null }

/** What was decided about a record; `attemptId` is that of the answer at hand, as another answer is not what was meant. */
export type OverrideOf = (
  request: Pick<RequestRow, 'runId' | 'seq'>,
  attemptId: number | null,
) => Override | null

/** Reads what people have decided about these records, of one run or of several. */
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

/** What a verdict has decided about the answer of an attempt. */
export function overrideIn(row: VerdictRow | null, attemptId: number | null): Override | null {
  if (row === null || row.overruled === 0 || row.attemptId !== attemptId) return null
  return row.patch === null ? acceptedAsIs : { patch: { output: JSON.parse(row.patch) as unknown } }
}
