import type { Pool } from 'pg'
import { type Kysely, PostgresDialect, sql } from 'kysely'
import { messageOf, OffpeakError } from '../../domain/errors.ts'
import { importPeer } from '../../engine/peer.ts'
import { choosePool } from '../../engine/postgres-pool.ts'
import { tlsFiles } from '../../engine/tls-files.ts'
import { databaseFault, NoConnection } from '../../planning/addresses/database-fault.ts'
import { postgresAddress, type PostgresTls } from '../../planning/addresses/postgres-url.ts'
import type { Tables } from '../schema/schema.ts'

const int8 = 20
const numeric = 1700

/** Where the tables of the state are in a PostgreSQL database. */
export const stateSchema = 'offpeak'

/**
 * How long a statement waits for somebody else's lock, in milliseconds; it is then tried again, and people are told.
 * Longer than any transaction of ours takes, shorter than `idleInTransactionMs`, so that the words come first.
 */
const lockMs = 10_000
/**
 * How long a session may stand still in the middle of a transaction, in milliseconds: the server then ends it, and what
 * it held is free. No transaction of ours waits for anything but the next statement; one that does is of a process that
 * was stopped, or of a machine that is gone.
 */
const idleInTransactionMs = 15_000
/** A connection on which nothing comes back is looked after from then on, in milliseconds (tcp(7), TCP_KEEPIDLE). */
const keepAliveAfterMs = 10_000

/**
 * A Kysely dialect over `pg`, with 64-bit integers as numbers: all of ours stay below 2^53. `session` names this process
 * to those who look at the server.
 */
export async function postgresDialect(
  url: string,
  maxConnections: number,
  session: string,
): Promise<PostgresDialect> {
  const { default: pg } = await importPeer('pg', 'the state is a PostgreSQL URL')
  const types = new pg.TypeOverrides()
  types.setTypeParser(int8, Number)
  types.setTypeParser(numeric, Number)
  const address = postgresAddress(url, 'disable', tlsFiles)
  const pool = (ssl: PostgresTls): Pool => {
    const made = new pg.Pool({
      connectionString: address.url,
      ssl,
      max: maxConnections,
      connectionTimeoutMillis: 10_000,
      application_name: session,
      lock_timeout: lockMs,
      idle_in_transaction_session_timeout: idleInTransactionMs,
      keepAlive: true,
      keepAliveInitialDelayMillis: keepAliveAfterMs,
      types,
      // The tables have plain names: they get a schema of their own, unless the URL chooses one.
      ...(/[?&]options=/.test(url) ? {} : { options: `-c search_path=${stateSchema}` }),
    })
    // A connection that dies is replaced by the pool, and whoever used it hears of it from its statement; without a
    // listener, on the idle one as on the one in use, it would end the process.
    made.on('error', () => undefined)
    made.on('connect', (client) => void client.on('error', () => undefined))
    return made
  }
  return new PostgresDialect({
    async pool() {
      const chosen = await choosePool(address, pool).catch(noConnection)
      return {
        options: chosen.options,
        connect: () => chosen.connect().catch(noConnection),
        end: () => chosen.end(),
      }
    },
  })
}

function noConnection(thrown: unknown): never {
  throw new NoConnection(thrown)
}

/** A failure to reach the shared state as an error for people, without the password. */
export function postgresError(thrown: unknown, url: string): OffpeakError {
  if (thrown instanceof OffpeakError) return thrown
  const fault = databaseFault(thrown)
  if (fault === 'busy' || fault === 'timed_out')
    return new OffpeakError(
      'E_DATABASE_BUSY',
      `the state database does not let us in: ${messageOf(thrown)}`,
      {
        where: withoutPassword(url),
        fix: 'end the session that holds a transaction open (pg_stat_activity lists them) with `select pg_terminate_backend(<session>)`, and run the same again',
        cause: thrown,
      },
    )
  if (fault === 'full')
    return new OffpeakError('E_DATABASE', `the state database has no room left: ${messageOf(thrown)}`, {
      where: withoutPassword(url),
      fix: 'make room on the disk of the database server; what waits for it continues automatically, else `offpeak resume` does',
      cause: thrown,
    })
  return new OffpeakError('E_DATABASE', `the state database cannot be reached: ${messageOf(thrown)}`, {
    where: withoutPassword(url),
    fix: 'check the URL of `state` in offpeak.config.ts, and that the server is up',
    cause: thrown,
  })
}

/** The session that has been in a transaction for longest, for people; null: nobody else is in one. */
export async function longestTransaction(db: Kysely<Tables>): Promise<string | null> {
  const { rows } = await sql<{ pid: number; name: string; state: string; seconds: number }>`
    select pid, application_name as name, state, extract(epoch from clock_timestamp() - xact_start)::int as seconds
    from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and xact_start is not null
      and backend_type = 'client backend' and (state <> 'active' or wait_event_type is distinct from 'Lock')
    order by xact_start limit 1`.execute(db)
  const [first] = rows
  return first === undefined
    ? null
    : `session ${first.pid} (${first.name}; ${first.state}, its transaction began ${first.seconds} s ago)`
}

/** The URL of a state for people. */
export function withoutPassword(url: string): string {
  return URL.canParse(url) ? url.replace(/:\/\/[^@/]*@/, '://…@') : 'the state URL'
}
