import { statSync, type Stats } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { diskError } from '../../domain/disk-fault.ts'

const runsThroughAFile = 'a file is where a directory on its way should be'
const noSuchName = 'the file system takes no such name'

/** errno(3), of what a path itself can be wrong about; a retry or more room changes nothing. */
const faults: ReadonlyMap<unknown, string> = new Map([
  ['ENAMETOOLONG', 'its name, or one on its way, is longer than the file system takes'],
  ['ENOTDIR', runsThroughAFile],
  ['EEXIST', runsThroughAFile],
  ['EISDIR', 'it is a directory'],
  ['ELOOP', 'its symbolic links lead in a circle'],
  ['EINVAL', noSuchName],
  ['EILSEQ', noSuchName],
])

/** The fault of the path that an act on a file was for, in words; null: the path is not why it failed. */
export function pathFault(thrown: unknown): string | null {
  return faults.get(Reflect.get(Object(thrown), 'code')) ?? null
}

/**
 * Why there can be no file at a path, as far as that can be seen without writing; null: there can. Where directories on
 * its way are missing, their names and the file's are tried in the last directory that is there. Throws E_DISK.
 */
export function placeFault(path: string): string | null {
  try {
    const found = stats(path)
    if (found !== undefined) return found.isDirectory() ? 'it is a directory' : null
    let above = dirname(path)
    let there = stats(above)
    while (there === undefined && dirname(above) !== above) {
      above = dirname(above)
      there = stats(above)
    }
    if (there?.isDirectory() === false) return runsThroughAFile
    const missing = relative(above, path).split(sep)
    if (missing.length > 1) for (const name of missing) stats(join(above, name))
    return null
  } catch (thrown) {
    const fault = pathFault(thrown)
    if (fault !== null) return fault
    throw diskError('a file cannot be looked at', thrown, {
      where: path,
      fix: 'fix the permissions or the disk, and run `offpeak resume`; no answer is lost',
    })
  }
}

function stats(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false })
}
