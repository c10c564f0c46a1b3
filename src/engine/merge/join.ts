import { OffpeakError } from '../../domain/errors.ts'
import type { Outcome } from '../../domain/outcome.ts'
import { addUsage, noUsage } from '../../domain/request.ts'
import type { JoinContext, SinkDefinition, Values } from '../../ports/job.ts'
import type { Sink } from '../../ports/sink.ts'
import type { RequestRow, RunRow } from '../../ports/state.ts'
import type { Claim } from '../../ports/store-units.ts'
import type { PartGroup } from '../../ports/store-joining.ts'
import { perform } from '../crash-points.ts'
import type { Flow } from '../flow.ts'
import { Judge, sinkContext, valuesOf } from './judge.ts'
import type { PreparedJob } from '../plan/prepare.ts'
import { specOf } from '../spec.ts'
import { answerTimes, readStoredAnswer } from './stored-answer.ts'
import { openTarget, recordKey, type Target } from './target.ts'
import { lastBatchOf, trackWhole } from './track.ts'
import { wholeRecords } from '../plan/whole-records.ts'

/** Under whose lease records are joined; a claim of null is a person's wish, outside of any. */
export interface Joiner {
  readonly claim: Claim | null
  readonly check: () => void
}

/** What became of a record that was to be joined. */
interface JoinedRecord {
  readonly group: PartGroup
  readonly outcome: Outcome
  readonly reason: string | null
  readonly values: Values | null
}

/**
 * Writes the records whose parts are all accepted, each as one, from the stored answers of its parts; of parts that
 * were not sent again because nothing about them had changed, the answers of earlier runs. Writing a record again
 * changes nothing, so that this may be repeated at any time.
 */
export async function joinParts(flow: Flow, lease: Joiner, run: RunRow, job: PreparedJob): Promise<void> {
  const definition = job.job.join
  if (definition === undefined) return
  let target: Target | null = null
  const timeOf = answerTimes(flow.store)
  using judge = new Judge({
    job,
    spec: specOf(run),
    runId: run.id,
    filesDir: flow.filesDir,
  })
  try {
    for await (const groups of wholeRecords(flow, run)) {
      lease.check()
      target ??= await openTarget(flow, job, definition, recordKey(job, groups[0]?.of ?? ''))
      await writeRecords(flow, lease, { run, definition, judge, timeOf, sink: target.sink }, groups)
    }
  } finally {
    await target?.[Symbol.asyncDispose]()
  }
}

interface Joining {
  readonly run: RunRow
  readonly definition: SinkDefinition<JoinContext<unknown, unknown>>
  readonly judge: Judge
  readonly timeOf: ReturnType<typeof answerTimes>
  readonly sink: Sink
}

async function writeRecords(
  flow: Flow,
  lease: Joiner,
  joining: Joining,
  groups: readonly PartGroup[],
): Promise<void> {
  const { store, clock, reach } = flow
  const { run, judge, sink } = joining
  const records: JoinedRecord[] = []
  for (const group of groups) records.push(await joined(flow, joining, group))
  const items = records.flatMap(({ group, values }) => (values === null ? [] : [{ key: group.of, values }]))
  const chunk = `${run.id}/join/${records[0]?.group.of ?? ''}/${records.length}`
  const results = await perform(reach, 'join.sink.write', () => sink.write(items, { mark: null, chunk }))
  let next = 0
  const settled = records.map((record) => {
    const result = record.values === null ? null : results[next++]
    const outcome: Pick<JoinedRecord, 'outcome' | 'reason'> =
      result?.kind === 'rejected'
        ? { outcome: 'rejected', reason: result.reason }
        : result?.kind === 'missing'
          ? { outcome: 'stale', reason: 'its row is gone' }
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
  await perform(reach, 'join.commit', () =>
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
}

function pick({
  outcome,
  reason,
}: Pick<JoinedRecord, 'outcome' | 'reason'>): Pick<JoinedRecord, 'outcome' | 'reason'> {
  return { outcome, reason }
}

/** Reads the stored answers of all parts and makes of them what the sink is given. */
async function joined(
  flow: Flow,
  { judge, timeOf, definition }: Joining,
  group: PartGroup,
): Promise<JoinedRecord> {
  const outputs: unknown[] = []
  const scores: number[] = []
  let usage = noUsage
  let costPicoUsd = 0
  let at = 0
  for (const request of group.requests) {
    const read = await outputOf(flow, judge, request)
    if (read.accepted === null)
      return {
        group,
        outcome: 'invalid',
        values: null,
        reason: `part ${(request.partIndex ?? 0) + 1}: ${read.reason ?? 'its answer is no longer good'}`,
      }
    outputs.push(read.accepted.output)
    if (read.score !== null) scores.push(read.score)
    usage = addUsage(usage, read.usage ?? noUsage)
    costPicoUsd += read.costPicoUsd
    at = Math.max(at, await timeOf(request.attemptId))
  }
  const rows = (): readonly unknown[] => group.requests.map((request) => judge.row(request))
  return {
    group,
    ...valuesOf(definition, {
      ...sinkContext(
        judge.context,
        { key: group.of, of: group.of, at },
        { usage, costPicoUsd, score: scores.length === 0 ? null : Math.min(...scores) },
      ),
      get row() {
        return rows()[0]
      },
      get rows() {
        return rows()
      },
      output: outputs,
    }),
  }
}

async function outputOf(flow: Flow, judge: Judge, request: RequestRow): ReturnType<Judge['read']> {
  const { answerFile, answerOffset, answerLength } = request
  try {
    if (answerFile === null || answerOffset === null || answerLength === null)
      throw new OffpeakError('E_DISK', 'its answer was not kept')
    const { provider } = judge.context.job
    const answer = await readStoredAnswer(flow.filesDir, answerFile, answerOffset, answerLength, provider)
    if (answer) return await judge.read(request, answer)
  } catch (thrown) {
    if (!(thrown instanceof OffpeakError) || thrown.code !== 'E_DISK') throw thrown
  }
  const reason = 'its answer is not kept any more; ask all parts again with --only and --redo'
  return { outcome: 'invalid', reason, accepted: null, usage: null, costPicoUsd: 0, score: null }
}
