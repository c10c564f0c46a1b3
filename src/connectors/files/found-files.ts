import { glob, stat } from 'node:fs/promises'
import { posix, relative, resolve, sep } from 'node:path'
import { OffpeakError } from '../../domain/errors.ts'
import { keyOf } from '../../domain/record-key.ts'
import { insideProject } from './project-path.ts'

/** A file that a pattern has found. */
export interface FoundFile {
  /** From the project's directory, with `/` on every system. */
  readonly path: string
  readonly absolute: string
  /**
   * Of the path: without its ending where the pattern names one (`*.pdf`), else with it (`*`, `*.{png,jpg}`), so that it
   * stays what it is whatever files come beside it.
   */
  readonly key: string
  /** The same, not as a key, from where the pattern begins to vary: what tells the files of one pattern apart. */
  readonly stem: string
}

/**
 * The files of a pattern, sorted by path. Symbolic links out of the project are not followed. Throws E_SOURCE_FILE for
 * a pattern that leaves the project's directory.
 */
export async function findFiles(
  pattern: string,
  { baseDir, cwd }: { readonly baseDir: string; readonly cwd: string | null },
): Promise<readonly FoundFile[]> {
  const directory = resolve(baseDir, cwd ?? '.')
  const fixed = fixedPart(pattern)
  const root = posixPath(relative(baseDir, resolve(directory, fixed)))
  if (root === '..' || root.startsWith('../') || posix.isAbsolute(root))
    throw new OffpeakError('E_SOURCE_FILE', `the pattern ${pattern} leaves the project's directory`, {
      where: resolve(directory, fixed),
      fix: 'move offpeak.config.ts above the files, or the files below it',
    })
  const paths: string[] = []
  for await (const entry of glob(pattern, { cwd: directory, withFileTypes: true })) {
    const absolute = resolve(entry.parentPath, entry.name)
    if (entry.isFile() || (entry.isSymbolicLink() && (await leadsToFile(baseDir, absolute))))
      paths.push(posixPath(relative(baseDir, absolute)))
  }
  const isOneEnding = hasOneEnding(pattern)
  return paths
    .toSorted((one, other) => (one < other ? -1 : one > other ? 1 : 0))
    .map((path) => {
      const name = isOneEnding ? bare(path) : path
      const stem = root === '' || !name.startsWith(`${root}/`) ? name : name.slice(root.length + 1)
      return { path, absolute: resolve(baseDir, path), key: keyOf([name]), stem }
    })
}

/** The directories that a pattern names before its first wildcard. */
function fixedPart(pattern: string): string {
  const parts = posixPath(pattern).split('/').slice(0, -1)
  const wild = parts.findIndex((part) => /[*?[\]{}()!+@]/.test(part))
  return parts.slice(0, wild === -1 ? parts.length : wild).join('/') || (pattern.startsWith('/') ? '/' : '.')
}

/** Whether all files of a pattern have the ending that it ends in. */
function hasOneEnding(pattern: string): boolean {
  return /\.[^./*?[\]{}()!+@|,]+$/.test(posixPath(pattern))
}

function bare(path: string): string {
  const extension = posix.extname(path)
  return path.slice(0, path.length - extension.length)
}

function posixPath(path: string): string {
  return path.replaceAll(sep, '/')
}

async function leadsToFile(baseDir: string, absolute: string): Promise<boolean> {
  if (insideProject(baseDir, absolute).problem !== undefined) return false
  try {
    return (await stat(absolute)).isFile()
  } catch {
    return false
  }
}
