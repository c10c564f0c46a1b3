import type { Database } from 'offpeak/postgres'
import { hasVectors } from './schema.ts'

export interface Nearest {
  readonly column: 'embedding' | 'summary_embedding'
  readonly limit: number
}

/** Prints an event (null: the newest that has a vector) and the events whose vectors point most nearly its way. */
export async function printRelated(
  database: Database,
  eventId: string | null,
  nearest: Nearest,
): Promise<void> {
  // Vectors have length 1, so that without pgvector the cosine is the sum of the products.
  const { column, limit } = nearest
  const distance = (await hasVectors(database))
    ? `e.${column} <=> one.${column}`
    : `1 - (select sum(x * y) from unnest(e.${column}, one.${column}) as v(x, y))`
  const rows = await database.query({
    text: `
      with one as materialized (
        select event_id, ${column} from events
        where ${column} is not null and ($1::text is null or event_id = $1) order by published_at desc limit 1)
      select e.event_id, e.authority, e.title, e.summary_en, ${distance} as distance
      from events as e, one where e.${column} is not null order by distance, e.event_id limit $2::int`,
    values: [eventId, limit + 1],
  })
  if (rows.length === 0) console.log('No event with that id has a vector yet: npx offpeak run embeddings')
  for (const row of rows)
    console.log(
      `  ${Math.max(0, Number(row['distance'])).toFixed(3)}  ${String(row['event_id'])}  ${String(row['title'])}  (${String(row['authority'])})`,
    )
}
