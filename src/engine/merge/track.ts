import { isRunning } from '../../domain/attempt.ts'
import { messageOf } from '../../domain/errors.ts'
import { outcomeNames, outcomes } from '../../domain/outcome.ts'
import type { TableSink, TrackedBatch, TrackedRecord, UpsertSink } from '../../ports/job.ts'
import type { SinkItem } from '../../ports/sink.ts'
import type { AttemptRow, RequestRow } from '../../ports/state.ts'
import type { RequestFilter } from '../../ports/filters.ts'
import { withCrashPoints } from '../crash-points.ts'
import type { Step } from '../step/step.ts'
import { recordKey } from '../job/target.ts'
import { wholeRecords } from '../job/whole-records.ts'

const recordsPerWrite = 2_000

type Tracked = Pick<Step, 'flow' | 'run' | 'job' | 'attempt'>

/**
 * The report of a batch and its records to the user's own tables, when their state has changed since the last time.
 * They are a view: what cannot be written is noted, tried again with the next change, and stops nothing.
 */
export async function track(tracked: Tracked): Promise<void> {
  const { flow, run, job, attempt } = tracked
  const definition = job.job.track
  if (definition === undefined) return
  const phase = phaseOf(attempt)
  if (attempt.tracked === phase) return
  try {
    await withCrashPoints(flow.reach, 'track.write', async () => {
      if (definition.batches) await writeBatch(tracked, definition.batches, phase)
      if (definition.records && phase !== 'pending') await writeRecords(tracked, definition.records, phase)
    })
    await flow.store.markTracked(attempt.id, phase)
  } catch (thrown) {
    await flow.store.addEvent(run.id, flow.clock.now(), 'track.failed', { message: messageOf(thrown) })
  }
}

/** The report of whole records to the user's table. What cannot be written is noted and stops nothing. */
export async function trackWhole(
  tracked: Omit<Tracked, 'attempt'>,
  records: (at: Date) => Promise<readonly TrackedRecord[]>,
): Promise<void> {
  const { flow, run, job } = tracked
  const definition = job.job.track?.records
  if (definition === undefined) return
  try {
    const told = await records(new Date(flow.clock.now()))
    await withCrashPoints(flow.reach, 'track.write', () => write(tracked, definition, told))
  } catch (thrown) {
    await flow.store.addEvent(run.id, flow.clock.now(), 'track.failed', { message: messageOf(thrown) })
  }
}

/** The report at the end of a run to the user's table: which records are through and which are not. */
export async function trackEnd(tracked: Omit<Tracked, 'attempt'>): Promise<void> {
  const { flow, run, job } = tracked
  if (job.job.track?.records === undefined) return
  const batchOf = lastBatchOf(flow)
  // Records that are joined were told of when they were; others are through with the last of their parts.
  if (job.job.join === undefined)
    for await (const groups of wholeRecords(flow, run))
      await trackWhole(tracked, async (at) =>
        Promise.all(
          groups.map(async ({ of, requests }) => ({
            key: of,
            state: 'completed',
            at,
            providerBatchId: await batchOf(requests),
            error: null,
          })),
        ),
      )
  const undone = outcomeNames.filter((name) => !['merged', 'held', 'pending'].includes(name))
  for await (const requests of pagesOf(tracked, { outcomes: undone }))
    await trackWhole(tracked, async (at) =>
      Promise.all(
        requests.map(async (request) => ({
          key: request.partOf ?? request.key,
          state: 'failed',
          at,
          providerBatchId: await batchOf([request]),
          error: errorOf(request),
        })),
      ),
    )
}

/** The provider's id of the batch that had the newest of some requests; null when none was sent. */
export function lastBatchOf({
  store,
}: Pick<Tracked['flow'], 'store'>): (requests: readonly RequestRow[]) => Promise<string | null> {
  const known = new Map<number, Promise<AttemptRow | null>>()
  return async (requests) => {
    let last: AttemptRow | null = null
    for (const { attemptId } of requests) {
      if (attemptId === null) continue
      const found = known.get(attemptId) ?? store.attempt(attemptId)
      known.set(attemptId, found)
      const attempt = await found
      if (attempt && attempt.createdAt >= (last?.createdAt ?? 0)) last = attempt
    }
    return last?.providerBatchId ?? null
  }
}

async function* pagesOf(
  { flow, run }: Pick<Tracked, 'flow' | 'run'>,
  filter: RequestFilter,
): AsyncGenerator<readonly RequestRow[], void> {
  for (let afterSeq = -1; ;) {
    const page = await flow.store.requests(run.id, { ...filter, afterSeq, limit: recordsPerWrite })
    const last = page.at(-1)
    if (!last) return
    afterSeq = last.seq
    yield page
  }
}

function errorOf({ outcome, reason }: RequestRow): string {
  return reason === null ? outcome : `${outcome}: ${reason}`
}

function phaseOf({ state, ending }: AttemptRow): TrackedBatch['state'] {
  if (
    isRunning(state) ||
    ['completed', 'failed', 'expired', 'cancelled', 'lost', 'collected'].includes(state)
  )
    return 'processing'
  if (state === 'void') return ending === 'cancelled' ? 'cancelled' : 'failed'
  if (state !== 'merged') return 'pending'
  return ending === 'failed' || ending === 'expired' || ending === 'cancelled'
    ? ending
    : ending === 'lost'
      ? 'failed'
      : 'completed'
}

async function writeBatch(
  tracked: Tracked,
  definition: UpsertSink<TrackedBatch>,
  state: TrackedBatch['state'],
): Promise<void> {
  const { flow, run, attempt } = tracked
  const batch = await flow.store.batch(run.id, attempt.batchN)
  const ended = state !== 'pending' && state !== 'processing'
  const id = `${run.id}-${attempt.batchN}`
  const values = definition.set({
    id,
    run: run.id,
    job: run.job,
    state,
    requests: batch?.requests ?? 0,
    records: await countRecords(tracked),
    filename: attempt.filename,
    providerBatchId: attempt.providerBatchId,
    outputFileId: attempt.outputPart,
    createdAt: new Date(attempt.createdAt),
    endedAt: ended ? new Date(flow.clock.now()) : null,
    error: ended && state !== 'completed' ? (attempt.errors ?? attempt.reason ?? attempt.ending) : null,
  })
  await using sink = await flow.openSink(
    { ...definition },
    { ...flow.connectors, sourceKey: ['id'], sourceTables: [] },
  )
  const [result] = await sink.write([{ key: id, values }], { mark: null, chunk: `track/${id}/${state}` })
  if (result?.kind === 'rejected') throw new Error(result.reason)
}

async function countRecords(tracked: Tracked): Promise<number> {
  const records = new Set<string>()
  for await (const requests of pagesOf(tracked, { batchN: tracked.attempt.batchN }))
    for (const { partOf, key } of requests) records.add(partOf ?? key)
  return records.size
}

async function writeRecords(
  tracked: Tracked,
  definition: TableSink<TrackedRecord>,
  phase: TrackedBatch['state'],
): Promise<void> {
  const { flow, attempt } = tracked
  const at = new Date(flow.clock.now())
  for await (const requests of pagesOf(tracked, { batchN: attempt.batchN })) {
    await write(
      tracked,
      definition,
      requests.flatMap((request) => {
        const state = phase === 'processing' ? 'processing' : stateOf(request)
        return state === null
          ? []
          : [
              {
                key: request.partOf ?? request.key,
                state,
                at,
                providerBatchId: attempt.providerBatchId,
                error: state === 'failed' ? errorOf(request) : null,
              },
            ]
      }),
    )
  }
}

/** Null: the record is not through. Its request may be sent again, or its other parts are still to come. */
function stateOf({ outcome, partOf, joined }: RequestRow): TrackedRecord['state'] | null {
  if (outcome === 'merged') return partOf === null || joined === 1 ? 'completed' : null
  if (outcome === 'held' || outcome === 'pending' || outcomes[outcome].retry) return null
  return 'failed'
}

async function write(
  { flow, job, run }: Omit<Tracked, 'attempt'>,
  definition: TableSink<TrackedRecord>,
  records: readonly TrackedRecord[],
): Promise<void> {
  // A record of several parts is as good as its worst.
  const byKey = new Map<string, TrackedRecord>()
  for (const record of records) if (byKey.get(record.key)?.state !== 'failed') byKey.set(record.key, record)
  const items = [...byKey.values()].map((record): SinkItem => ({
    key: record.key,
    values: definition.set(record),
  }))
  const [first] = items
  if (!first) return
  await using sink = await flow.openSink(
    { ...definition },
    {
      ...flow.connectors,
      sourceKey: recordKey(job, first.key),
      sourceTables: [],
    },
  )
  const results = await sink.write(items, {
    mark: null,
    chunk: `track/${run.id}/${first.key}/${flow.clock.now()}`,
  })
  const rejected = results.find((result) => result.kind === 'rejected')
  if (rejected) throw new Error(rejected.reason)
}
