import { cpSync, existsSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { makePrivateFolder, privateFile, tightenTree } from '../../engine/files/private-files.ts'
import { openDatabase } from '../database/database.ts'
import { openSqlite } from '../sqlite/file.ts'
import type { RehearsalPlace } from './places.ts'

/**
 * The copy of what a sink writes, made unless it is there; it appears whole or not at all. Throws E_SINK_TABLE and
 * E_DATABASE*.
 */
export async function makeCopy(place: RehearsalPlace): Promise<void> {
  if ((place.kind !== 'database' && place.kind !== 'appended') || existsSync(place.copy)) return
  const { from, copy } = place
  const unfinished = `${copy}.${process.pid}.unfinished`
  makeFolders(dirname(copy))
  rmSync(unfinished, { recursive: true, force: true })
  if (place.kind === 'appended') {
    if (!existsSync(from)) return
    cpSync(from, unfinished, { recursive: true })
  } else await (place.engine === 'sqlite' ? copySqlite(from, unfinished) : copyPglite(from, unfinished))
  renameSync(unfinished, copy)
}

async function copySqlite(from: string, to: string): Promise<void> {
  const { backup } = await import('node:sqlite')
  const database = openSqlite(from, { readOnly: true, code: 'E_SINK_TABLE' })
  try {
    await backup(database, to)
  } finally {
    database.close()
  }
}

/** An embedded database is files that only its one process changes: between two of its statements they are whole. */
async function copyPglite(from: string, to: string): Promise<void> {
  await using database = await openDatabase(`pglite:${from}`)
  await database.withConnection(async (connection) => {
    await connection.exec('checkpoint')
    cpSync(from, to, { recursive: true, filter: (path) => basename(path) !== 'postmaster.pid' })
  })
  tightenTree(to)
}

/** All of them for their owner alone, as the files beside them are. */
function makeFolders(folder: string): void {
  if (existsSync(folder)) return
  makeFolders(dirname(folder))
  makePrivateFolder(folder)
}

/** The folder of a file of lines, and the mode that the file has. */
export function prepareLines(path: string): number {
  makeFolders(dirname(path))
  return privateFile
}
