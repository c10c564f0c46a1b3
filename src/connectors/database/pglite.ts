import { importPeer } from '../../engine/peer.ts'
import type { Extensions, PGlite, Results } from '@electric-sql/pglite'
import { OffpeakError } from '../../domain/errors.ts'
import type { Driver, RawRows, Session } from './driver.ts'
import { takeLock } from './lock-file.ts'
import { makePrivateFolder, privateFile, tightenTree } from '../../engine/files/private-files.ts'

/**
 * The embedded PostgreSQL in a directory (null: in memory). It has one session, so tasks take turns; and one process,
 * because two that open the same directory lose each other's rows without noticing (electric-sql/pglite issue 1106).
 */
export async function openPglite(directory: string | null): Promise<Driver> {
  const { PGlite } = await importPeer('@electric-sql/pglite')
  const lock = directory === null ? null : takeLock(directory, privateFile)
  if (lock?.held === false) {
    throw new OffpeakError(
      'E_DATABASE_BUSY',
      `${lock.pid === null ? 'Another process' : `Process ${lock.pid}`} has ${directory} open, and an embedded database serves one process at a time`,
      {
        where: `pglite:${directory}`,
        fix: 'Wait until it is done, or use a PostgreSQL URL to work from several processes.',
      },
    )
  }
  try {
    if (directory !== null) makePrivateFolder(directory)
    const engine = await PGlite.create({
      ...(directory === null ? {} : { dataDir: directory }),
      extensions: await installedExtensions(),
    })
    // It writes its files as the umask has them; its folder keeps others out of those to come.
    if (directory !== null) tightenTree(directory)
    return driver(engine, `pglite:${directory ?? 'memory'}`, () => {
      if (directory !== null) tightenTree(directory)
      lock?.[Symbol.dispose]()
    })
  } catch (thrown) {
    lock?.[Symbol.dispose]()
    throw thrown
  }
}

/** pgvector, where its package is installed; `create extension vector` then works as on a server. */
async function installedExtensions(): Promise<Extensions> {
  try {
    const { vector } = await importPeer('@electric-sql/pglite-pgvector')
    return { vector }
  } catch {
    return {}
  }
}

function driver(engine: PGlite, where: string, unlock: () => void): Driver {
  // Values pass as the server's own text, so that both drivers are read by one table of types.
  const asText = (table: object): Record<string, (value: string) => string> =>
    Object.fromEntries(Object.keys(table).map((type) => [type, (value: string) => value]))
  const options = {
    rowMode: 'array',
    parsers: asText(engine.parsers),
    serializers: asText(engine.serializers),
  } as const
  let turn: Promise<void> = Promise.resolve()
  return {
    kind: 'pglite',
    where,
    async connect(): Promise<Session> {
      const before = turn
      const { promise, resolve } = Promise.withResolvers<void>()
      turn = promise
      await before
      return {
        async query(text, values) {
          return rawRows(await engine.query<(string | null)[]>(text, [...values], options))
        },
        async exec(text) {
          await engine.exec(text)
        },
        release(broken) {
          // There is no second session to fall back on: leave whatever transaction is open, then pass the turn on.
          if (broken)
            void engine.exec('rollback').then(
              () => resolve(),
              () => resolve(),
            )
          else resolve()
        },
      }
    },
    async close() {
      await turn
      await engine.close()
      unlock()
    },
  }
}

function rawRows(result: Results<(string | null)[]>): RawRows {
  return {
    columns: result.fields.map((field) => ({ name: field.name, type: field.dataTypeID })),
    rows: result.rows,
    count: result.rowCount ?? result.affectedRows ?? 0,
  }
}
