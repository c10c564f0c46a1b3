import type { RunRow } from '../../ports/state.ts'
import type { PartGroup } from '../../ports/store-joining.ts'
import type { Flow } from '../flow.ts'

const recordsPerChunk = 200

/** Chunks of records whose parts all have an accepted answer, in this run or an earlier one, and are not joined yet. */
export async function* wholeRecords(
  flow: Pick<Flow, 'store'>,
  run: RunRow,
): AsyncGenerator<readonly PartGroup[], void> {
  for (let after = ''; ;) {
    const found = await flow.store.joinable(run.id, after, recordsPerChunk)
    const last = found.at(-1)
    if (!last) return
    after = last.of
    const whole: PartGroup[] = []
    for (const group of found) {
      const completed = await complete(flow, run, group)
      if (completed) whole.push(completed)
    }
    if (whole.length > 0) yield whole
  }
}

/** The group with the parts that earlier runs have answers to; null while a part has none. */
async function complete(
  { store }: Pick<Flow, 'store'>,
  run: RunRow,
  group: PartGroup,
): Promise<PartGroup | null> {
  if (group.requests.length === group.parts) return group
  // Until all is read, a part that is not there may still be on its way.
  if (run.sourceDone === 0) return null
  const keys = new Set(group.requests.map(({ key }) => key))
  const earlier = await store.earlierParts(run.job, run.id, group.of)
  const requests = [...group.requests, ...earlier.filter(({ key }) => !keys.has(key))]
  if (requests.length !== group.parts) return null
  return { ...group, requests: requests.toSorted((a, b) => (a.partIndex ?? 0) - (b.partIndex ?? 0)) }
}
