import type { CompiledQuery, LogEvent } from 'kysely'

/**
 * Traces of failed statements that may have done something all the same: a connection that is lost under a write, or
 * under the end of a transaction, leaves nobody who knows. What was lost before that left nothing.
 */
export class Traces {
  readonly #doubtful = new WeakSet<object>()

  /** Hears of every statement of the state. */
  note(event: LogEvent): void {
    if (event.level !== 'error' || isRead(event.query)) return
    if (typeof event.error === 'object' && event.error !== null) this.#doubtful.add(event.error)
  }

  /** A transaction has failed: at its end, or (false) before that, when the server forgets all of it. */
  noteTransaction(thrown: unknown, isEnding: boolean): void {
    if (typeof thrown !== 'object' || thrown === null) return
    if (isEnding) this.#doubtful.add(thrown)
    else this.#doubtful.delete(thrown)
  }

  readonly leftNothing = (thrown: unknown): boolean =>
    typeof thrown === 'object' && thrown !== null && !this.#doubtful.has(thrown)
}

/** Statements of ours that are written by hand read when they begin so and none of these words is in them. */
const reading = /^\s*(?:select|with)\b/i
const writing = /\b(?:insert|update|delete|merge|nextval|setval)\b/i

function isRead({ query, sql }: CompiledQuery): boolean {
  return query.kind === 'SelectQueryNode' || (reading.test(sql) && !writing.test(sql))
}
