import type { Pool, PoolClient, QueryArrayResult } from 'pg'
import { choosePool } from '../../engine/postgres-pool.ts'
import { tlsFiles } from '../../engine/tls-files.ts'
import { postgresAddress, type PostgresTls, readPostgresUrl } from '../../planning/addresses/postgres-url.ts'
import type { Driver, RawRows, Session } from './driver.ts'
import { importPeer } from '../../engine/peer.ts'

/**
 * A pool of a few connections over the `pg` package; connections are made when they are needed. How they are secured is
 * found out by the first one, where the URL leaves a choice. Throws E_CONFIG, E_PEER_MISSING.
 */
export async function openPg(url: string): Promise<Driver> {
  const { default: pg } = await importPeer('pg')
  const address = postgresAddress(url, 'prefer', tlsFiles)
  let chosen: Promise<Pool> | null = null
  const pool = (): Promise<Pool> => {
    chosen ??= choosePool(address, (ssl) => openPool(pg.Pool, address.url, ssl)).catch((thrown: unknown) => {
      chosen = null
      throw thrown
    })
    return chosen
  }
  return {
    kind: 'postgres',
    where: withoutPassword(url),
    async connect() {
      return session(await (await pool()).connect())
    },
    async close() {
      await (await chosen?.catch(() => null))?.end()
    },
  }
}

function openPool(PgPool: typeof Pool, connectionString: string, ssl: PostgresTls): Pool {
  const pool = new PgPool({
    connectionString,
    ssl,
    max: 10,
    connectionTimeoutMillis: 15_000,
    idleTimeoutMillis: 10_000,
    allowExitOnIdle: true,
    keepAlive: true,
    application_name: 'offpeak',
    types: {
      getTypeParser:
        () =>
        (text: unknown): unknown =>
          text,
    },
  })
  // An idle connection that the server closes is replaced at the next use; without a listener it would end the process.
  pool.on('error', () => undefined)
  return pool
}

function session(client: PoolClient): Session {
  const lost = (): void => undefined
  client.on('error', lost)
  return {
    query: (text, values) =>
      called((done) => client.query({ text, values: [...values], rowMode: 'array' }, done)).then(rawRows),
    exec: (text) => called<unknown>((done) => client.query(text, done)).then(() => undefined),
    release(broken) {
      client.off('error', lost)
      client.release(broken)
    },
  }
}

type Done<Result> = (error: Error | null, result: Result) => void

/**
 * Waits for a query by its callback. The promises that `pg` makes hold on to the results of one query after the other
 * until all garbage is collected, which doubles the memory of a long reading.
 */
function called<Result = QueryArrayResult<(string | null)[]>>(
  act: (done: Done<Result>) => void,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    act((error, result) => (error ? reject(error) : resolve(result)))
  })
}

function rawRows(result: QueryArrayResult<(string | null)[]>): RawRows {
  return {
    columns: result.fields.map((field) => ({ name: field.name, type: field.dataTypeID })),
    rows: result.rows,
    count: result.rowCount ?? 0,
  }
}

/** `user@host:port/database` of a URL; what cannot be read is not shown at all. */
export function withoutPassword(url: string): string {
  const parsed = readPostgresUrl(url)
  if (parsed === null) return 'the given database URL'
  const { username, host, pathname, searchParams } = parsed
  const place = host === '' ? (searchParams.get('host') ?? 'localhost') : host
  return `${username === '' ? '' : `${decodeURIComponent(username)}@`}${place}${pathname}`
}
