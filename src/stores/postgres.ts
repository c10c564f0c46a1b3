import { PostgresDialect } from 'kysely'
import { messageOf, OffpeakError } from '../domain/errors.ts'

const int8 = 20
const numeric = 1700

/** A Kysely dialect over `pg`, with 64-bit integers as numbers: all of ours stay below 2^53. */
export async function postgresDialect(url: string, maxConnections: number): Promise<PostgresDialect> {
  const { default: pg } = await import('pg').catch((thrown: unknown) => {
    throw new OffpeakError('E_PEER_MISSING', 'the state is a PostgreSQL URL, and the package `pg` is not installed', {
      fix: 'npm install pg',
      cause: thrown,
    })
  })
  const pool = new pg.Pool({
    connectionString: url,
    max: maxConnections,
    connectionTimeoutMillis: 10_000,
    application_name: 'offpeak',
    types: {
      getTypeParser: (id: number, format?: 'text' | 'binary'): ((text: string) => unknown) =>
        id === int8 || id === numeric ? Number : pg.types.getTypeParser(id, format as 'text'),
    } as never,
  })
  // An idle connection that dies is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => undefined)
  return new PostgresDialect({ pool })
}

/** Names a failure to reach the shared state, without the password. */
export function postgresError(thrown: unknown, url: string): OffpeakError {
  if (thrown instanceof OffpeakError) return thrown
  return new OffpeakError('E_DATABASE', `the state database cannot be reached: ${messageOf(thrown)}`, {
    where: withoutPassword(url),
    fix: 'check the URL of `state` in offpeak.config.ts, and that the server is up',
    cause: thrown,
  })
}

function withoutPassword(url: string): string {
  return URL.canParse(url) ? url.replace(/:\/\/[^@/]*@/, '://…@') : 'the state URL'
}
