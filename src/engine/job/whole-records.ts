import type { RunRow } from '../../ports/state.ts'
import type { PartGroup } from '../../ports/store/answers.ts'
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

/** As many parts as one record may have. */
const maxParts = 100_000

/** A record all of whose parts have an accepted answer, joined or not; null while one has none. */
export async function wholeRecord(
  flow: Pick<Flow, 'store'>,
  run: RunRow,
  of: string,
): Promise<PartGroup | null> {
  const found = await flow.store.requests(run.id, { keys: [of], limit: maxParts })
  const requests = found
    .filter(({ partOf }) => partOf === of)
    .toSorted((one, other) => (one.partIndex ?? 0) - (other.partIndex ?? 0))
  if (!requests.every(({ outcome }) => outcome === 'merged' || outcome === 'held')) return null
  const parts = Math.max(0, ...requests.map((request) => request.parts ?? 0))
  return complete(flow, run, { of, parts, requests })
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
