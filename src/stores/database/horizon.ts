import { setTimeout as sleep } from 'node:timers/promises'
import { type Kysely, sql } from 'kysely'
import type { Tables } from '../schema/schema.ts'

/** Pauses between two looks for transactions that are about to end, in milliseconds. */
const firstPauseMs = 5
const maxPauseMs = 100

interface Look {
  /** The largest id that could be seen; every smaller one was given out by then. */
  readonly last: number
  /** The transactions that may have been given smaller ids, and had not ended a moment later. */
  readonly writers: ReadonlySet<string>
}

/**
 * How far the events of a PostgreSQL state can be told in the order of their ids, which are given out before their
 * transactions end, in any order. Only transactions that write events count: who inserts holds a lock on the table from
 * before the id is given out until the end, when the row can be seen (PostgreSQL, "Explicit Locking", "pg_locks"). What
 * others do in the same cluster, and for how long, does not matter.
 */
export class EventHorizon {
  readonly #db: Kysely<Tables>
  #until = 0
  /** What waits for writers to end; null: nothing does. */
  #open: Look | null = null
  #looking: Promise<unknown> = Promise.resolve()

  constructor(db: Kysely<Tables>) {
    this.#db = db
  }

  /**
   * The id up to which every event can be seen by statements that begin now. For as long as `waitMs` (milliseconds) the
   * writers are waited for that may stand before what could be seen when it was asked.
   */
  reach(waitMs: number): Promise<number> {
    // A look is held against the one before it, so that there is one at a time.
    const reached = this.#looking.then(() => this.#reach(waitMs))
    this.#looking = reached.catch(() => undefined)
    return reached
  }

  async #reach(waitMs: number): Promise<number> {
    let wanted: number | null = null
    let pauseMs = firstPauseMs
    for (let leftMs = waitMs; ; leftMs -= pauseMs) {
      const { last, writers } = await this.#look()
      if (this.#open !== null && [...this.#open.writers].every((writer) => !writers.has(writer))) {
        this.#until = Math.max(this.#until, this.#open.last)
        this.#open = null
      }
      if (writers.size === 0) this.#until = Math.max(this.#until, last)
      wanted ??= last
      if (this.#until >= wanted) return this.#until
      this.#open ??= { last, writers }
      if (leftMs <= 0) return this.#until
      await sleep(pauseMs)
      pauseMs = Math.min(maxPauseMs, pauseMs * 2)
    }
  }

  /** The snapshot of a statement is older than the locks it reads: no writer of what it sees can slip through between. */
  async #look(): Promise<Look> {
    const { rows } = await sql<{ last: number | null; writers: readonly string[] }>`
      select (select max(id) from events) as last,
        array(select virtualtransaction from pg_locks
          where locktype = 'relation' and mode = 'RowExclusiveLock' and relation = 'events'::regclass
            and database = (select datid from pg_stat_get_activity(pg_backend_pid()))) as writers`.execute(
      this.#db,
    )
    const [row] = rows
    return { last: row?.last ?? 0, writers: new Set(row?.writers) }
  }
}
