import { existsSync, realpathSync } from 'node:fs'
import { basename, dirname, isAbsolute, matchesGlob, normalize, relative, resolve, sep } from 'node:path'

export interface OwnPlaces {
  readonly dir: string
  /** Files of the configuration and the state, and folders of ours, also such as are not there. */
  readonly paths: readonly string[]
  /** The patterns of the job files, from `dir`. */
  readonly jobs: readonly string[]
}

/**
 * A function from an absolute path to what of a project it is that no answer may take the place of, in words; null:
 * nothing of that.
 */
export function ownPlace({ dir, paths, jobs }: OwnPlaces): (path: string) => string | null {
  const root = real(dir)
  const own = [...paths, ...paths.map(real)]
  return (path) => {
    if (own.some((one) => path === one || path.startsWith(one + sep))) return 'a file of the project’s own'
    const way = relative(path.startsWith(root + sep) ? root : dir, path)
    const isJob = jobs.some((pattern) =>
      isAbsolute(pattern) ? matchesGlob(path, pattern) : matchesGlob(way, normalize(pattern)),
    )
    return isJob ? 'a job file' : null
  }
}

/** Of what is not there yet the directory is followed. */
function real(path: string): string {
  if (existsSync(path)) return realpathSync(path)
  const parent = dirname(path)
  return parent === path ? path : resolve(real(parent), basename(path))
}
