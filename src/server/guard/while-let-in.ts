import { OffpeakError } from '../../domain/errors.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Caller } from './caller.ts'
import type { SessionBook } from './session-book.ts'

const lookEveryMs = 500

/**
 * The items, as long as the caller is let in: a key that is revoked, or a session that is ended, ends a long reading
 * within a second. Throws E_KEY then.
 */
export async function* whileLetIn<Item>(
  { sessions, clock }: { readonly sessions: Pick<SessionBook, 'isIn'>; readonly clock: Pick<Clock, 'now'> },
  caller: Caller,
  items: AsyncIterable<Item>,
): AsyncGenerator<Item, void> {
  let lookedAt = clock.now()
  for await (const item of items) {
    const now = clock.now()
    if (now - lookedAt >= lookEveryMs) {
      lookedAt = now
      if (!(await sessions.isIn(caller))) throw new OffpeakError('E_KEY', 'the key is not valid any more')
    }
    yield item
  }
}
