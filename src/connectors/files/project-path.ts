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
