import { realpathSync } from 'node:fs'
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path'

/**
 * A path as an absolute one inside of the project's directory, and where that really is, or why it cannot be used. Symbolic links are followed.
 */
export function insideProject(
  baseDir: string,
  path: string,
):
  | { readonly path: string; readonly realPath: string; readonly problem?: undefined }
  | { readonly problem: string } {
  // oxlint-disable-next-line no-control-regex
  if (path === '' || /[\u0000-\u001f\u007f]/.test(path))
    return { problem: 'a path of control characters, or none at all, names no file' }
  if (!path.isWellFormed()) return { problem: 'a path that holds half of a surrogate pair names no file' }
  const wanted = resolve(baseDir, path)
  if (!isBelow(baseDir, wanted)) return { problem: `${path} lies outside of the project's directory` }
  const realPath = real(wanted)
  if (!isBelow(real(baseDir), realPath))
    return { problem: `${path} leads out of the project's directory by a symbolic link` }
  return { path: wanted, realPath }
}

function isBelow(directory: string, path: string): boolean {
  const way = relative(directory, path)
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

/** Where a path really is; of one that is not there yet, by the part of it that is. */
function real(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    const parent = dirname(path)
    return parent === path ? path : resolve(real(parent), relative(parent, path))
  }
}

/** Folders of tools, which run or believe what lies there. */
const folders: ReadonlySet<string> = new Set(['.offpeak', 'node_modules', '.git'])
const configName = /^offpeak\.config\.[cm]?[jt]s$/

/**
 * The kind of place that a path from a project's directory is by its names alone, where no answer may be written, in
 * words; null: nothing of that kind.
 */
export function keptPlace(way: string): string | null {
  // A file system may take names of other case for the same.
  const names = way.toLowerCase().split(sep)
  const folder = names.find((name) => folders.has(name))
  if (folder === '.offpeak') return "in Offpeak's own directory"
  if (folder !== undefined) return `in ${folder}`
  const name = names.at(-1) ?? ''
  if (name.startsWith('.env')) return 'an environment file'
  return configName.test(name) ? 'a configuration' : null
}
