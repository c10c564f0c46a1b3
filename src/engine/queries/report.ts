import { type Outcome, outcomes } from '../../domain/outcome.ts'
import type { RunState } from '../../domain/run.ts'
import type { EventRow, RunRow } from '../../ports/state.ts'
import type { RequestGroup } from '../../ports/store/requests.ts'
import { withoutRecord } from '../../wording/taken-row.ts'
import type { Flow } from '../flow.ts'
import { specOf } from '../spec.ts'
import { automaticRule } from './retrying.ts'
import { type RunStatus, statusOf } from './status.ts'

/** Requests with the same outcome and the same reason. */
export interface OutcomeGroup {
  readonly outcome: Outcome
  readonly reason: string | null
  readonly count: number
  /** The keys of the first few. */
  readonly examples: readonly string[]
  readonly description: string
  /** How many of them are sent again automatically. */
  readonly retrying: number
  /** Whether some of them stay as they are until somebody decides. */
  readonly needsAttention: boolean
}

/** An event out of the ordinary that a run met and dealt with. */
export interface NotableEvent {
  readonly at: number
  readonly kind: string
  readonly data: Readonly<Record<string, unknown>>
}

/** The report of a run: its plan, its result, and what it met on its way. */
export interface RunReport {
  readonly schema: 'offpeak.report/2'
  readonly status: RunStatus
  readonly durationMs: number
  readonly groups: readonly OutcomeGroup[]
  /** Batches taken over, paid twice or found astray, pauses, unusable lines: the first of each kind, and how many in all. */
  readonly notable: readonly NotableEvent[]
  readonly notableCounts: Readonly<Record<string, number>>
  /** Later runs that have asked records of this one again with the job of their day, oldest first. */
  readonly rescuedBy: readonly RunFigures[]
  /** Earlier runs of the same job, newest first. */
  readonly earlier: readonly RunFigures[]
}

/** Figures of another run of the job. */
export interface RunFigures {
  readonly run: string
  readonly state: RunState
  readonly createdAt: number
  readonly merged: number
  readonly spentMicroUsd: number
}

const notableKinds: readonly string[] = [
  'adopted',
  'duplicate',
  'state.older',
  'intent.taken',
  'intent.dropped',
  'stray',
  'line.unused',
  'sink.failed',
  'join.failed',
  'chunks.old',
  'chunks.kept',
  'track.failed',
  'follow.refused',
  'quota.waiting',
  'attempt.waits',
  'run.waits',
  'answers.withheld',
  'answers.accepted',
  'answers.found',
  'answers.tier',
  'account.renewed',
  'run.paused',
  'run.resumed',
  'run.retry',
  'run.cancelling',
  'run.unsent',
  'run.answered',
  'batch.cancelling',
]
const shownOfAKind = 20
const pageSize = 1_000
const earlierRuns = 5

/** The report of a run; reads only. */
export async function reportOf(flow: Pick<Flow, 'store' | 'clock'>, run: RunRow): Promise<RunReport> {
  const [status, groups, events, earlier, rescuedBy] = await Promise.all([
    statusOf(flow, run),
    groupsOf(flow, run),
    notableOf(flow, run.id),
    earlierOf(flow, run),
    rescuesOf(flow, run),
  ])
  return {
    schema: 'offpeak.report/2',
    status,
    durationMs: status.tookMs ?? flow.clock.now() - run.createdAt,
    groups,
    ...events,
    rescuedBy,
    earlier,
  }
}

/**
 * Requests that did not become a merged record, grouped by outcome and reason: those that need a person first, then the
 * largest.
 */
export async function groupsOf(
  { store }: Pick<Flow, 'store'>,
  run: RunRow,
): Promise<readonly OutcomeGroup[]> {
  const groups = await store.requestGroups(run.id)
  const rule = automaticRule(run)
  const again = rule === null ? [] : await store.retryingGroups(run.id, rule)
  const retryingBy = new Map(again.map(({ outcome, reason, count }) => [nameOf(outcome, reason), count]))
  return ofOneKind(
    groups.map((group) => ({
      ...group,
      retrying: retryingBy.get(nameOf(group.outcome, group.reason)) ?? 0,
    })),
  )
    .map((group) => {
      const { words: description, person } = outcomes[group.outcome]
      return { ...group, description, needsAttention: person && group.retrying < group.count }
    })
    .toSorted(
      (one, other) => Number(other.needsAttention) - Number(one.needsAttention) || other.count - one.count,
    )
}

/** One group of those whose reasons differ only by the record that they name. */
function ofOneKind<Group extends RequestGroup & { readonly retrying: number }>(
  groups: readonly Group[],
): readonly Group[] {
  const kinds = new Map<string, Group>()
  for (const group of groups) {
    const reason = group.reason === null ? null : withoutRecord(group.reason)
    const name = nameOf(group.outcome, reason)
    const same = kinds.get(name)
    kinds.set(name, {
      ...group,
      reason,
      count: group.count + (same?.count ?? 0),
      retrying: group.retrying + (same?.retrying ?? 0),
      examples: [...(same?.examples ?? []), ...group.examples].slice(0, 3),
    })
  }
  return [...kinds.values()]
}

function nameOf(outcome: Outcome, reason: string | null): string {
  return JSON.stringify([outcome, reason])
}

async function notableOf(
  { store }: Pick<Flow, 'store'>,
  runId: string,
): Promise<Pick<RunReport, 'notable' | 'notableCounts'>> {
  const notable: NotableEvent[] = []
  const notableCounts: Record<string, number> = {}
  for (let after = 0; ;) {
    const page: readonly EventRow[] = await store.events(runId, after, pageSize)
    for (const { at, kind, data } of page) {
      if (!notableKinds.includes(kind)) continue
      const count = (notableCounts[kind] ?? 0) + 1
      notableCounts[kind] = count
      if (count <= shownOfAKind) notable.push({ at, kind, data: eventData(data) })
    }
    const last = page.at(-1)
    if (!last || page.length < pageSize) return { notable, notableCounts }
    after = last.id
  }
}

async function earlierOf(flow: Pick<Flow, 'store'>, run: RunRow): Promise<readonly RunFigures[]> {
  const runs = (await flow.store.runs({ job: run.job, limit: earlierRuns + 1 })).filter(
    ({ id, createdAt }) => id !== run.id && createdAt <= run.createdAt,
  )
  return figuresOf(flow, runs)
}

/** So many of a job's newest runs are looked through for rescues. */
const newestRuns = 50

async function rescuesOf(flow: Pick<Flow, 'store'>, run: RunRow): Promise<readonly RunFigures[]> {
  const runs = (await flow.store.runs({ job: run.job, limit: newestRuns })).filter(
    (each) => specOf(each).rescue?.run === run.id,
  )
  return figuresOf(flow, runs.toReversed())
}

async function figuresOf(flow: Pick<Flow, 'store'>, runs: readonly RunRow[]): Promise<readonly RunFigures[]> {
  const statuses = await Promise.all(runs.map((each) => statusOf(flow, each)))
  return statuses.map(({ run, state, createdAt, counts, money }) => ({
    run,
    state,
    createdAt,
    merged: counts.merged ?? 0,
    spentMicroUsd: money.spentMicroUsd,
  }))
}

function eventData(text: string): Readonly<Record<string, unknown>> {
  const data: Readonly<Record<string, unknown>> = JSON.parse(text)
  return data
}
