import { realpathSync, statSync } from 'node:fs'
import { sep } from 'node:path'

interface ReadFiles {
  /** By device and number on it, which all names of a file share. */
  readonly byId: ReadonlyMap<string, string>
  /** Where they really are, each with a separator behind it. */
  readonly directories: readonly string[]
}

/**
 * A test whether a path is one of these files, by whatever name or link, or lies in one of these directories. `files`
 * are looked at once there is something at a path, and only once.
 */
export function readFilesOf(files: readonly string[]): (path: string, realPath: string) => boolean {
  if (files.length === 0) return () => false
  let known: ReadFiles | null = null
  return (path, realPath) => {
    known ??= look(files)
    if (known.directories.some((directory) => realPath.startsWith(directory))) return true
    const id = idOf(path)
    if (id === null) return false
    const file = known.byId.get(id)
    // A file that is gone may have left its number to another.
    return file !== undefined && idOf(file) === id
  }
}

function look(files: readonly string[]): ReadFiles {
  const byId = new Map<string, string>()
  const directories: string[] = []
  for (const file of files) {
    const found = statSync(file, { bigint: true, throwIfNoEntry: false })
    if (found === undefined) continue
    if (found.isDirectory()) directories.push(realpathSync(file) + sep)
    else byId.set(`${found.dev} ${found.ino}`, file)
  }
  return { byId, directories }
}

function idOf(path: string): string | null {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false })
  return found === undefined ? null : `${found.dev} ${found.ino}`
}
