import type { Clock } from '../ports/clock.ts'
import type { Project } from '../compose/project.ts'
import type { BriefCache } from './short-lived-cache.ts'
import type { KeyBook } from './guard/key-book.ts'
import type { Limits, Rate } from './guard/rate.ts'
import type { SessionBook } from './guard/session-book.ts'
import type { Live } from './live/live.ts'

/** The context of every route. */
export interface ServerContext {
  readonly offpeak: Project
  readonly version: string
  /** What people type for `offpeak` where this server was started. */
  readonly launcher: string
  readonly clock: Clock
  readonly keys: KeyBook
  readonly sessions: SessionBook
  readonly rate: Rate
  readonly limits: Limits
  /** Answers that may be given again for a moment. */
  readonly brief: BriefCache
  readonly live: Live
  /** The job behind the paths of `/api/v1/batch`; null: they are not mounted. */
  readonly compat: string | null
  /** The emulator whose controls are at hand. */
  readonly emulator: { readonly url: string } | null
  readonly log: (line: string) => void
}
