import type { Kysely } from 'kysely'
import { integer, table } from './columns.ts'

/** Tables of reviews: verdicts on single answers, and which of two answers people prefer. */
export async function makeReviews(db: Kysely<unknown>): Promise<void> {
  await table(db, 'verdicts', {
    runId: 'text',
    seq: integer,
    key: 'text',
    verdict: 'text?',
    reason: 'text?',
    by: 'text',
    at: integer,
    attemptId: `${integer}?`,
    was: 'text',
    wasReason: 'text?',
    overruled: `${integer}=0`,
    patch: 'text?',
  })
    .addPrimaryKeyConstraint('verdicts_pk', ['runId', 'seq'])
    .execute()
  await table(db, 'preferences', { a: 'text', b: 'text', key: 'text', preference: 'text', at: integer })
    .addPrimaryKeyConstraint('preferences_pk', ['a', 'b', 'key'])
    .execute()
}
