import type { RunRow } from '../../ports/state.ts'
import type { Flow } from '../flow.ts'

/** The kind of the event that says that a run which was over goes on again. */
const reopenedKind = 'run.reopened'

/** When a run that was over went on again, and how long it had rested by then; nothing for one that was never over. */
export interface Reopenings {
  /** The newest; null: it never was. */
  readonly reopenedAt: number | null
  /** Milliseconds between its ends and its new beginnings, summed up. */
  readonly restedMs: number
}

/** The note that a run which was over continues; nothing for one that still does. */
export async function noteReopened(
  { store, clock }: Pick<Flow, 'store' | 'clock'>,
  { id, finishedAt }: Pick<RunRow, 'id' | 'finishedAt'>,
): Promise<void> {
  if (finishedAt === null) return
  const now = clock.now()
  await store.addEvent(id, now, reopenedKind, { restedMs: Math.max(0, now - finishedAt) })
}

/** Reopenings of a run, as `noteReopened` noted them. */
export async function reopeningsOf(
  { store }: Pick<Flow, 'store'>,
  { id }: Pick<RunRow, 'id'>,
): Promise<Reopenings> {
  const events = await store.eventsOfKind(id, reopenedKind)
  return {
    reopenedAt: events.at(-1)?.at ?? null,
    restedMs: events.reduce((sum, { data }) => sum + restedOf(data), 0),
  }
}

function restedOf(data: string): number {
  const rested: unknown = Reflect.get(Object(JSON.parse(data)), 'restedMs')
  return typeof rested === 'number' ? rested : 0
}
