import { existsSync } from 'node:fs'
import { isAbsolute, join, relative, resolve, sep } from 'node:path'
import { isSinkConnector } from '../../ports/sink.ts'
import type { ConnectorContext } from '../../ports/source.ts'

/** Where invented answers are kept: copies of what lies in the project, and files of what would be written elsewhere. */
export interface RehearsalFolder {
  readonly projectDir: string
  /** The emulator's own folder. */
  readonly dir: string
}

/** Where the answers for a sink go in place of where the job says. */
export type RehearsalPlace =
  /** A copy of an embedded database. */
  | {
      readonly kind: 'database'
      readonly from: string
      readonly copy: string
      readonly engine: 'sqlite' | 'pglite'
    }
  /** A copy of a file or folder that grows; `field` of the definition names it. */
  | { readonly kind: 'appended'; readonly field: string; readonly from: string; readonly copy: string }
  /** Files of their own below the copy of the project. */
  | { readonly kind: 'files'; readonly root: string }
  /** Key and values in a file of lines, because the place itself cannot be copied. */
  | { readonly kind: 'lines'; readonly path: string }
  /** Nothing outlasts this process there. */
  | { readonly kind: 'memory' }

/** The place of a sink by its definition alone; touches nothing. */
export function rehearsalPlace(
  definition: Readonly<Record<string, unknown>>,
  { baseDir, databaseUrl }: Pick<ConnectorContext, 'baseDir' | 'databaseUrl'>,
  folder: RehearsalFolder,
): RehearsalPlace {
  const copied = (path: string): string | null => copyPath(folder, resolve(baseDir, path))
  for (const field of ['jsonl', 'csv', 'parquet']) {
    const named = definition[field]
    if (typeof named !== 'string') continue
    const copy = copied(named)
    return copy === null
      ? lines(folder, named)
      : { kind: 'appended', field, from: resolve(baseDir, named), copy }
  }
  const { sink } = definition
  if (isSinkConnector(sink)) return lines(folder, sink.describe)
  const table = definition['table'] ?? definition['upsert']
  if (typeof table !== 'string') return { kind: 'files', root: projectCopy(folder) }
  const { database } = definition
  if (typeof database === 'string') {
    const copy = copied(database)
    return copy === null
      ? lines(folder, table)
      : { kind: 'database', from: resolve(baseDir, database), copy, engine: 'sqlite' }
  }
  const embedded = embeddedDirectory(databaseUrl)
  if (embedded === 'memory') return { kind: 'memory' }
  const copy = embedded === null ? null : copied(embedded)
  return embedded === null || copy === null
    ? lines(folder, table)
    : { kind: 'database', from: resolve(baseDir, embedded), copy, engine: 'pglite' }
}

/** A function from a path to what a rehearsal reads in its place: the copy, once there is one. */
export function locateIn(folder: RehearsalFolder): (path: string) => string {
  return (path) => {
    const copy = copyPath(folder, path)
    return copy !== null && existsSync(copy) ? copy : path
  }
}

/** The folder that stands for the project's own. */
export function projectCopy({ dir }: RehearsalFolder): string {
  return join(dir, 'project')
}

/** Where the copy of a path lies; null for what is not in the project. */
function copyPath(folder: RehearsalFolder, path: string): string | null {
  const way = relative(folder.projectDir, path)
  if (way === '' || way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way)) return null
  return join(projectCopy(folder), way)
}

function lines({ dir }: RehearsalFolder, named: string): RehearsalPlace {
  return { kind: 'lines', path: join(dir, 'written', `${named.replaceAll(/[^\w.-]+/g, '-')}.jsonl`) }
}

function embeddedDirectory(url: string | null): string | null {
  return /^pglite:(?:\/\/(?=\/))?(.+)$/s.exec(url ?? '')?.[1] ?? null
}
