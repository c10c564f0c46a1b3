import type { PoolClient, QueryArrayResult } from 'pg'
import type { Driver, RawRows, Session } from './driver.ts'
import { importPeer } from '../peer.ts'

/** A pool of a few connections over the `pg` package; connections are made when they are needed. */
export async function openPg(url: string): Promise<Driver> {
  const { default: pg } = await importPeer('pg', () => import('pg'))
  const pool = new pg.Pool({
    connectionString: url,
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
  return {
    kind: 'postgres',
    where: withoutPassword(url),
    async connect() {
      return session(await pool.connect())
    },
    close: () => pool.end(),
  }
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
  try {
    const { username, host, pathname, searchParams } = new URL(url)
    const place = host === '' ? (searchParams.get('host') ?? 'localhost') : host
    return `${username === '' ? '' : `${decodeURIComponent(username)}@`}${place}${pathname}`
  } catch {
    return 'the given database URL'
  }
}
