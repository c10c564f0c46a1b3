/**
 * Writes the table of column types in docs/postgres.md: `npm run docs:types`. Every value goes from a source to a sink
 * of a PostgreSQL server that is started for it. A test holds the page against the same values.
 */
import { databases } from '../test/support/databases.ts'
import { shareServer } from '../test/support/postgres.ts'
import { columnTypes, arrayTypes, createTypes } from '../test/support/postgres-types.ts'
import { roundTrips } from '../test/support/postgres-round-trips.ts'
import { writeTypesOnPage } from '../test/support/pages/postgres-types-page.ts'

const stop = shareServer()
try {
  const server = databases.find(({ name }) => name === 'PostgreSQL')
  if (server === undefined) throw new Error('there is no server to try the types on')
  await using opened = await server.open()
  await opened.database.exec('create extension citext; create extension hstore; create extension ltree')
  await opened.database.exec(createTypes)
  await writeTypesOnPage(await roundTrips(opened, [...columnTypes, ...arrayTypes]))
} finally {
  await stop()
}
