import { Refusal } from './problem.ts'

/** The number that a cursor is; null without one. Throws E_USAGE for another text. */
export function numberIn(cursor: string | undefined): number | null {
  if (cursor === undefined) return null
  const number = /^\d{1,15}$/.test(cursor) ? Number(cursor) : NaN
  if (Number.isSafeInteger(number)) return number
  throw new Refusal('E_USAGE', 'this is no cursor that was given out', {
    where: 'the query',
    fix: 'the `nextCursor` of the page before',
    issues: [{ path: 'query.cursor', message: 'not a cursor' }],
  })
}
