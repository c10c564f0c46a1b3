/**
 * Prints the events nearest to one: `node related.ts <event_id> [--by summary] [--limit N]`; without an id, to the newest.
 */
import { parseArgs } from 'node:util'
import { openDatabase } from 'offpeak'
import { writtenUrl } from './database.ts'
import { printRelated } from './nearest.ts'

const { values: options, positionals } = parseArgs({
  options: { by: { type: 'string', default: 'body' }, limit: { type: 'string', default: '5' } },
  allowPositionals: true,
})
await using database = await openDatabase(writtenUrl(), import.meta.dirname)
await printRelated(database, positionals[0] ?? null, {
  column: options.by === 'summary' ? 'summary_embedding' : 'embedding',
  limit: Number(options.limit),
})
