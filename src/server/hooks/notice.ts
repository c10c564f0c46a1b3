import { needsAttention } from '../../domain/outcome.ts'
import type { NoticeType } from '../../domain/notice.ts'
import type { RunStatus } from '../../engine/queries/status.ts'
import type { Project } from '../../compose/project.ts'
import type { EventRow } from '../../ports/state.ts'

/** A notice for an endpoint: where a run stands as it is told, in ids, counts and money; nothing of any record. */
export interface Notice {
  readonly type: NoticeType
  /** When it happened, as ISO 8601. */
  readonly timestamp: string
  readonly data: {
    readonly run: string
    readonly job: string
    readonly state: RunStatus['state']
    /** What a paused run waits for. */
    readonly pause: RunStatus['pauseKind']
    /** The batch that it is about, where it is about one. */
    readonly batch: number | null
    readonly counts: RunStatus['counts']
    readonly pending: number
    readonly needsAttention: number
    readonly money: Pick<
      RunStatus['money'],
      'spentMicroUsd' | 'reservedMicroUsd' | 'capMicroUsd' | 'savedMicroUsd'
    >
    /** The run on the dashboard; null: no server of this process has one. */
    readonly link: string | null
  }
}

type Looks = Pick<Project, 'store' | 'status'>
type Reading = (looks: Looks, event: EventRow) => readonly NoticeType[] | Promise<readonly NoticeType[]>

const submitted: Reading = async ({ store }, { id, runId }) =>
  (await store.firstSent(runId)) === id ? ['run.submitted'] : []

/** What is news, by the kind of an event, and of those of attempts by the state that was reached. */
const readings: ReadonlyMap<string, Reading> = new Map<string, Reading>([
  ['run.started', () => ['run.planned']],
  [
    'run.paused',
    (_, { data }) => (textOf(data, 'kind') === 'budget' ? ['run.paused', 'budget.reached'] : ['run.paused']),
  ],
  ['run.cancelled', () => ['run.failed']],
  [
    'run.done',
    async ({ status }, { runId }) => {
      const { counts } = await status(runId)
      return [(counts.merged ?? 0) === 0 && needsAttention(counts) > 0 ? 'run.failed' : 'run.completed']
    },
  ],
  ['attempt created', submitted],
  ['attempt asking', submitted],
  ['attempt merged', () => ['run.progress']],
  ['attempt expired', () => ['batch.expired']],
])

function readingOf({ kind, data }: Pick<EventRow, 'kind' | 'data'>): Reading | undefined {
  return readings.get(kind === 'attempt' ? `attempt ${textOf(data, 'state')}` : kind)
}

/** Whether there may be news in something that happened, as far as it tells itself. */
export function mayBeNews(event: Pick<EventRow, 'kind' | 'data'>): boolean {
  return readingOf(event) !== undefined
}

/** The news in something that happened; mostly there is none. */
export async function newsOf(looks: Looks, event: EventRow): Promise<readonly NoticeType[]> {
  return readingOf(event)?.(looks, event) ?? []
}

/** The notice of an event; `linkTo` gives the address of a run. */
export function noticeOf(
  type: NoticeType,
  { at, data }: Pick<EventRow, 'at' | 'data'>,
  status: RunStatus,
  linkTo: ((run: string) => string) | null,
): Notice {
  const { run, job, state, pauseKind, counts, pending, money } = status
  const { spentMicroUsd, reservedMicroUsd, capMicroUsd, savedMicroUsd } = money
  const batch = fieldOf(data, 'batch')
  return {
    type,
    timestamp: new Date(at).toISOString(),
    data: {
      run,
      job,
      state,
      pause: pauseKind,
      batch: typeof batch === 'number' ? batch : null,
      counts,
      pending,
      needsAttention: status.needsAttention,
      money: { spentMicroUsd, reservedMicroUsd, capMicroUsd, savedMicroUsd },
      link: linkTo?.(run) ?? null,
    },
  }
}

function textOf(data: string, name: string): string {
  const value = fieldOf(data, name)
  return typeof value === 'string' ? value : ''
}

function fieldOf(data: string, name: string): unknown {
  const value: unknown = JSON.parse(data)
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

/** The addresses of runs on the dashboard that is at this address; null: nobody serves one. */
export function runLinks(url: string | null): ((run: string) => string) | null {
  if (url === null) return null
  const base = url.replace(/\/+$/, '')
  return (run) => `${base}/runs/${encodeURIComponent(run)}`
}
