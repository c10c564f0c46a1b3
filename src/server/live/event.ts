import type { EventRow } from '../../ports/state.ts'
import type { Event } from '../contract/event.ts'

/** An event as it is told. */
export function eventOf({ id, runId, at, kind, data }: EventRow): Event {
  const told: Event['data'] = JSON.parse(data)
  return { id, run: runId, at, kind, data: told }
}
