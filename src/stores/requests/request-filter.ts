import { type SelectQueryBuilder, sql } from 'kysely'
import type { RequestFilter } from '../../ports/filters.ts'
import type { Dialect } from '../database/json-rows.ts'
import { troubled } from '../schema/request-tables.ts'
import type { Tables } from '../schema/schema.ts'

/** After every text that people write. */
const lastCharacter = '\u{10ffff}'

/** A query narrowed to the requests that match a filter. */
export function filtered<Picked>(
  dialect: Dialect,
  query: SelectQueryBuilder<Tables, 'requests', Picked>,
  filter: RequestFilter,
): SelectQueryBuilder<Tables, 'requests', Picked> {
  const { outcomes, reason, exactReason, keys, keyPrefix, batchN, afterSeq } = filter
  let narrowed = query
  if (isTroubled(filter)) narrowed = narrowed.where(troubled(dialect))
  if (outcomes) narrowed = narrowed.where('outcome', 'in', [...outcomes])
  if (reason !== undefined)
    narrowed = narrowed.where(sql<boolean>`lower(reason) like ${containing(reason)} escape '!'`)
  if (exactReason !== undefined)
    narrowed = narrowed.where('reason', exactReason === null ? 'is' : '=', exactReason)
  if (batchN !== undefined) narrowed = narrowed.where('batchN', '=', batchN)
  if (keys) {
    const wanted = [...keys]
    narrowed = narrowed.where((where) =>
      where.or([where('key', 'in', wanted), where('partOf', 'in', wanted)]),
    )
  }
  if (keyPrefix !== undefined)
    narrowed = narrowed.where('key', '>=', keyPrefix).where('key', '<', keyPrefix + lastCharacter)
  if (afterSeq !== undefined) narrowed = narrowed.where('seq', '>', afterSeq)
  return narrowed
}

/** Whether the index of what went wrong finds them best: others are for keys and for batches. */
export function isTroubled({ outcomes, keys, keyPrefix, batchN }: RequestFilter): boolean {
  const narrower = keys ?? keyPrefix ?? batchN
  return (
    narrower === undefined &&
    outcomes !== undefined &&
    !outcomes.includes('merged') &&
    !outcomes.includes('pending')
  )
}

/** The pattern of texts that have this one in them, in whatever case. */
function containing(text: string): string {
  return `%${text.toLowerCase().replaceAll(/[%_!]/g, '!$&')}%`
}
