import { PostgresDialect } from 'kysely'
import { messageOf, OffpeakError } from '../domain/errors.ts'

const int8 = 20
const numeric = 1700

/** Where the tables of the state are in a PostgreSQL database. */
export const stateSchema = 'offpeak'

/** A Kysely dialect over `pg`, with 64-bit integers as numbers: all of ours stay below 2^53. */
export async function postgresDialect(url: string, maxConnections: number): Promise<PostgresDialect> {
  const { default: pg } = await import('pg').catch((thrown: unknown) => {
    throw new OffpeakError(
      'E_PEER_MISSING',
      'the state is a PostgreSQL URL, and the package `pg` is not installed',
      {
        fix: 'npm install pg',
        cause: thrown,
      },
    )
  })
  const types = new pg.TypeOverrides()
  types.setTypeParser(int8, Number)
  types.setTypeParser(numeric, Number)
  const pool = new pg.Pool({
    connectionString: url,
    max: maxConnections,
    connectionTimeoutMillis: 10_000,
    application_name: 'offpeak',
    types,
    // The tables have plain names: they get a schema of their own, unless the URL chooses one.
    ...(/[?&]options=/.test(url) ? {} : { options: `-c search_path=${stateSchema}` }),
  })
  // A connection that dies is replaced by the pool, and whoever used it hears of it from its statement; without a
  // listener, on the idle one as on the one in use, it would end the process.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => void client.on('error', () => undefined))
  return new PostgresDialect({ pool })
}

const awayCodes =
  /^(?:08...|57P0[1-5]|53300|ECONN\w+|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/
const awayWords =
  /connection terminated|timeout exceeded when trying to connect|client has encountered a connection error|not queryable/i

/** Whether the server could not be reached or has gone away, so that the same call may succeed later. */
export function isAway(thrown: unknown): boolean {
  const code = codeOf(thrown)
  return (code !== null && awayCodes.test(code)) || awayWords.test(messageOf(thrown))
}

/** Whether a transaction was undone only because others wanted the same rows. PostgreSQL, appendix A: 40001 and 40P01. */
export function lostItsLocks(thrown: unknown): boolean {
  const code = codeOf(thrown)
  return code === '40P01' || code === '40001'
}

function codeOf(thrown: unknown): string | null {
  const code: unknown = Reflect.get(Object(thrown), 'code')
  return typeof code === 'string' ? code : null
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

/** The URL of a state for people. */
export function withoutPassword(url: string): string {
  return URL.canParse(url) ? url.replace(/:\/\/[^@/]*@/, '://…@') : 'the state URL'
}
