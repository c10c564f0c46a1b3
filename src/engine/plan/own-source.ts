import { realpathSync, statSync } from 'node:fs'
import { dirname, resolve, sep } from 'node:path'
import { OffpeakError } from '../../domain/errors.ts'

/**
 * The guard against a sink that appends to the very file that is read, by whatever path or link: throws E_JOB_INVALID,
 * as what is written would be read as records and asked about.
 */
export function refuseOwnSource(sink: object, files: readonly string[], baseDir: string): void {
  for (const field of ['jsonl', 'csv', 'parquet']) {
    const named: unknown = Reflect.get(sink, field)
    if (typeof named !== 'string') continue
    const path = resolve(baseDir, named)
    // Parquet files are added to a directory, of which all are read.
    const meets = field === 'parquet' ? isIn : isSameFile
    const met = files.find((file) => meets(file, path))
    if (met === undefined) continue
    throw new OffpeakError(
      'E_JOB_INVALID',
      `the sink of the job writes to ${named}, which its source reads`,
      {
        where: met,
        fix: 'name another file for the answers',
      },
    )
  }
}

/** Whether two paths are one file, by whatever link; of files that are not there, by where they would be. */
export function isSameFile(one: string, other: string): boolean {
  const [first, second] = [statOf(one), statOf(other)]
  if (first === null && second === null) return realPath(one) === realPath(other)
  if (first === null || second === null) return false
  return first.dev === second.dev && first.ino === second.ino
}

/** Whether a path is, or would be, below a directory that is there. */
export function isInDirectory(path: string, directory: string): boolean {
  return isDirectory(directory) && realPath(path).startsWith(`${realPath(directory)}${sep}`)
}

/** Whether a file, or directory of files, is this directory or lies in it or around it. */
function isIn(file: string, directory: string): boolean {
  const [one, other] = [realPath(file), realPath(directory)]
  return (
    one === other ||
    one.startsWith(`${other}${sep}`) ||
    (isDirectory(file) && other.startsWith(`${one}${sep}`))
  )
}

/** Of a file that is not there yet its directory is followed. */
function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    const parent = dirname(path)
    return parent === path
      ? path
      : resolve(realPath(parent), path.slice(parent.length).replace(/^[\\/]+/, ''))
  }
}

function statOf(path: string): { readonly dev: bigint; readonly ino: bigint } | null {
  try {
    return statSync(path, { bigint: true })
  } catch {
    return null
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}
