import type { Outcome } from '../../domain/outcome.ts'
import type { Values } from '../../ports/job.ts'
import type { Sink } from '../../ports/sink.ts'
import type { RunRow } from '../../ports/state.ts'
import type { Claim } from '../../ports/store/runs.ts'
import type { PartGroup } from '../../ports/store/answers.ts'
import { withCrashPoints } from '../crash-points.ts'
import type { Flow } from '../flow.ts'
import { type JoinedRecord, joinedRecord, type JoiningTools } from './joined-record.ts'
import { Judge } from '../answers/judge.ts'
import type { PreparedJob } from '../job/prepare.ts'
import { specOf } from '../spec.ts'
import { answerTimes } from '../answers/stored-answer.ts'
import { openTarget, recordKey, type Target, ownerOf } from '../job/target.ts'
import { lastBatchOf, trackWhole } from './track.ts'
import { noRowThere } from './write-chunk.ts'
import { wholeRecords } from '../job/whole-records.ts'

/** Under whose lease records are joined; a claim of null is a person's wish, outside of any. */
export interface Joiner {
  readonly claim: Claim | null
  readonly check: () => void
}

/**
 * The step that writes the records whose parts are all accepted, each as one, from the stored answers of its parts; of
 * parts that were not sent again because nothing about them had changed, the answers of earlier runs. Writing a record
 * again changes nothing, so that this may be repeated at any time.
 */
export async function joinParts(flow: Flow, lease: Joiner, run: RunRow, job: PreparedJob): Promise<void> {
  const definition = job.job.join
  if (definition === undefined) return
  let target: Target | null = null
  using judge = judgeOf(flow, run, job)
  const tools = { definition, judge, timeOf: answerTimes(flow.store) }
  try {
    for await (const groups of wholeRecords(flow, run)) {
      lease.check()
      target ??= await openTarget(
        flow,
        job,
        ownerOf(run, specOf(run).redo),
        definition,
        recordKey(job, groups[0]?.of ?? ''),
      )
      await writeRecords(flow, lease, { ...tools, run, sink: target.sink, again: null }, groups)
    }
  } finally {
    await target?.[Symbol.asyncDispose]()
  }
}

/** How a record is written by itself. */
export interface Again {
  readonly name: string
  /** It was written before, and gives way. */
  readonly redo: boolean
}

/** One record whose parts are all accepted, with the place where it is written. */
export interface OpenRecord extends AsyncDisposable {
  readonly sink: Sink
  /** What is to be written of it now; null: its parts cannot be joined any more. */
  readonly values: () => Promise<Values | null>
  /** Writes it and tells what it is then. */
  readonly write: (again: Again) => Promise<Outcome>
}

/** One record of a job that joins, opened for whoever has changed one of its parts; outside of any lease. */
export async function openRecord(
  flow: Flow,
  run: RunRow,
  job: PreparedJob,
  definition: JoiningTools['definition'],
  group: PartGroup,
): Promise<OpenRecord> {
  const target = await openTarget(flow, job, ownerOf(run, true), definition, recordKey(job, group.of))
  const judge = judgeOf(flow, run, job)
  const tools = { definition, judge, timeOf: answerTimes(flow.store) }
  return {
    sink: target.sink,
    values: async () => (await joinedRecord(flow, tools, group)).values,
    async write(again) {
      const [written] = await writeRecords(flow, byHand, { ...tools, run, sink: target.sink, again }, [group])
      return written ?? 'invalid'
    },
    async [Symbol.asyncDispose]() {
      judge[Symbol.dispose]()
      await target[Symbol.asyncDispose]()
    },
  }
}

/** A person's wish, under no lease. */
const byHand: Joiner = { claim: null, check: () => undefined }

function judgeOf(flow: Flow, run: RunRow, job: PreparedJob): Judge {
  return new Judge({ job, spec: specOf(run), runId: run.id, filesDir: flow.filesDir })
}

interface Joining extends JoiningTools {
  readonly run: RunRow
  readonly sink: Sink
  /** Set when one record is written by itself: its own name for this writing, and whether what is there gives way. */
  readonly again: Again | null
}

async function writeRecords(
  flow: Flow,
  lease: Joiner,
  joining: Joining,
  groups: readonly PartGroup[],
): Promise<readonly Outcome[]> {
  const { store, clock, reach } = flow
  const { run, judge, sink, again } = joining
  const records: JoinedRecord[] = []
  for (const group of groups) records.push(await joinedRecord(flow, joining, group))
  const items = records.flatMap(({ group, values }) => (values === null ? [] : [{ key: group.of, values }]))
  const chunk = `${run.id}/join/${records[0]?.group.of ?? ''}/${again?.name ?? records.length}`
  const results = await withCrashPoints(reach, 'join.sink.write', () =>
    sink.write(items, { mark: null, chunk, redo: again?.redo ?? false }),
  )
  let next = 0
  const settled = records.map((record) => {
    const result = record.values === null ? null : results[next++]
    const outcome: Pick<JoinedRecord, 'outcome' | 'reason'> =
      result?.kind === 'rejected'
        ? { outcome: 'rejected', reason: result.reason }
        : result?.kind === 'missing'
          ? noRowThere
          : record
    return { of: record.group.of, requests: record.group.requests, ...pick(outcome) }
  })
  // Before the state knows of it: afterwards nobody would come back to tell it.
  const batchOf = lastBatchOf(flow)
  await trackWhole({ flow, run, job: judge.context.job }, async (at) =>
    Promise.all(
      settled.map(async ({ of, requests, outcome, reason }) => ({
        key: of,
        state: outcome === 'merged' ? 'completed' : 'failed',
        at,
        providerBatchId: await batchOf(requests),
        error: outcome === 'merged' ? null : `${outcome}: ${reason ?? ''}`,
      })),
    ),
  )
  await withCrashPoints(reach, 'join.commit', () =>
    store.commitJoined({
      claim: lease.claim,
      runId: run.id,
      job: run.job,
      now: clock.now(),
      records: settled.map((record) => ({
        ...record,
        requests: record.requests.filter(({ runId }) => runId === run.id),
      })),
    }),
  )
  for (const { of, outcome, reason } of settled)
    if (outcome !== 'merged')
      await store.addEvent(run.id, clock.now(), 'join.failed', { record: of, outcome, reason })
  return settled.map(({ outcome }) => outcome)
}

function pick({
  outcome,
  reason,
}: Pick<JoinedRecord, 'outcome' | 'reason'>): Pick<JoinedRecord, 'outcome' | 'reason'> {
  return { outcome, reason }
}
