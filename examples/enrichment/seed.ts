/**
 * Fills the table of events: `node seed.ts [--events N] [--from file.jsonl] [--reset]`
 *
 * The database is the one that DATABASE_URL, SUPABASE_DB_URL or NEON_DATABASE_URL names, else an embedded one in
 * `.offpeak/cases` beside this file. A table of events that is there gets the columns it lacks; running it again adds
 * nothing that is there already.
 */
import { createHash } from 'node:crypto'
import { parseArgs } from 'node:util'
import { jsonl, openDatabase, sql } from 'offpeak'
import { z } from 'zod'
import { databaseUrl } from './database.ts'
import { announcement } from './events.ts'
import { createTables, dropTables, hasVectors } from './schema.ts'

interface Event {
  readonly event_id: string
  readonly authority: string
  readonly event_hash: string
  readonly kind: string
  readonly lang: string
  readonly title: string
  readonly body: string
  readonly url: string
  readonly published_at: string
}

const rowsPerStatement = 500

const { values: options } = parseArgs({
  options: {
    events: { type: 'string', default: '300' },
    from: { type: 'string' },
    reset: { type: 'boolean', default: false },
  },
})
const wanted = Number(options.events)
if (!Number.isSafeInteger(wanted) || wanted < 0) {
  console.error(`--events takes a whole number, not ${options.events}`)
  process.exit(2)
}

await using database = await openDatabase(databaseUrl(), import.meta.dirname)
if (options.reset) await dropTables(database)
await createTables(database)

let [seen, added] = [0, 0]
let part: Event[] = []
for await (const event of options.from === undefined ? generated(wanted) : conferences(options.from)) {
  part.push(event)
  seen += 1
  if (part.length >= rowsPerStatement) await flush()
}
await flush()

const [open] = await database.query(
  sql`select count(*) filter (where summary_model is null) as summary, count(*) filter (where embedding_model is null) as embedding from events`,
)
console.log(
  `Database   ${database.where}, ${(await hasVectors(database)) ? 'vectors by pgvector' : 'vectors as real[]'}`,
)
console.log(`Events     ${seen} read, ${added} added, ${seen - added} were there`)
console.log(
  `Open       ${String(open?.['summary'])} without a summary, ${String(open?.['embedding'])} without an embedding`,
)

async function flush(): Promise<void> {
  const rows = part
  part = []
  const inserted = await database.query(sql`
    with added as (
      insert into events (event_id, authority, event_hash, kind, lang, title, body, url, published_at)
      select * from json_to_recordset(${JSON.stringify(rows)}::json) as new(
        event_id text, authority text, event_hash text, kind text, lang text, title text, body text, url text,
        published_at timestamptz)
      on conflict do nothing returning 1
    ) select count(*) as count from added`)
  added += Number(inserted[0]?.['count'])
}

function* generated(count: number): Generator<Event> {
  for (let index = 0; index < count; index += 1) {
    const { publishedAt, ...event } = announcement(index)
    yield identified({ ...event, published_at: publishedAt })
  }
}

/** Lines of `{ topic, name, url, startDate, endDate, city, country, online, locales }`: conferences as events. */
async function* conferences(file: string): AsyncGenerator<Event> {
  const conference = z.object({
    topic: z.string(),
    name: z.string(),
    url: z.string(),
    startDate: z.string(),
    endDate: z.string(),
    city: z.string().nullish(),
    country: z.string().nullish(),
    online: z.boolean().nullish(),
    locales: z.string().nullish(),
  })
  const rows = jsonl.rows({ file, key: ['topic', 'name', 'url', 'startDate'], row: conference })
  await using reader = await rows.open({ baseDir: process.cwd(), databaseUrl: null })
  for await (const page of reader.read({ after: null, limit: null, order: 'given', only: null })) {
    for (const record of page.records) {
      if (record.problem !== undefined) {
        console.error(`Left out: ${record.problem}`)
        continue
      }
      const { topic, name, url, startDate, endDate, city, country, online, locales } = record.row
      const where = [city, country].filter((part) => part).join(', ')
      const place = where === '' ? 'online' : online === true ? `in ${where} and online` : `in ${where}`
      yield identified({
        authority: `conferences/${topic}`,
        kind: 'conference',
        lang: locales?.split(',')[0]?.trim().toLowerCase() ?? 'en',
        title: `${name} ${startDate.slice(0, 4)}`,
        body: `${name} is a conference about ${topic}. It takes place ${place}, from ${startDate} to ${endDate}. Talks are held in ${locales ?? 'English'}. ${url}`,
        url,
        published_at: startDate,
      })
    }
  }
}

/** What is told twice in the same words by the same authority is one event. */
function identified(event: Omit<Event, 'event_id' | 'event_hash'>): Event {
  const hash = createHash('sha256')
    .update(JSON.stringify([event.title, event.body, event.published_at]))
    .digest('hex')
  const id = createHash('sha256').update(`${event.authority}\n${hash}`).digest('hex')
  return { event_id: `ev-${id.slice(0, 12)}`, event_hash: hash.slice(0, 32), ...event }
}
