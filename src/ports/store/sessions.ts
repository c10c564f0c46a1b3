import type { SessionRow } from '../state.ts'

/** The sessions of the dashboard. */
export interface SessionStore {
  /** Removes sessions that are over by then, and the oldest of the same caller above `maxPerCaller`. */
  addSession(session: SessionRow, maxPerCaller: number): Promise<void>
  session(id: string): Promise<SessionRow | null>
  /** Ends a session for every server of this state; one that is not there is ended already. */
  endSession(id: string): Promise<void>
}
