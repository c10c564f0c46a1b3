import { accessSync, closeSync, constants, fsyncSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { OffpeakError } from '../../domain/errors.ts'
import { diskError } from '../../domain/disk-fault.ts'

/** A new file is only there for good when its directory has been written too. Not every system can do that. */
export function syncDirectory(path: string): void {
  try {
    const directory = openSync(path, 'r')
    try {
      fsyncSync(directory)
    } finally {
      closeSync(directory)
    }
  } catch {
    // Windows cannot open a directory; its file systems write the entry with the file.
  }
}

/** The result of an act on a file; what fails is E_DISK. */
export function asDiskError<T>(file: string, act: () => T): T {
  try {
    return act()
  } catch (thrown) {
    if (thrown instanceof OffpeakError) throw thrown
    throw diskError(`${file} cannot be written`, thrown, {
      where: file,
    })
  }
}

/** A guard for a directory that could not be made, or that no file could be made in; makes nothing. */
export function requireRoom(directory: string): void {
  const found = statSync(directory, { throwIfNoEntry: false })
  if (found === undefined && dirname(directory) !== directory) {
    requireRoom(dirname(directory))
    return
  }
  if (found?.isDirectory() === false) throw new Error(`${directory} is a file, and no directory`)
  accessSync(directory, constants.W_OK)
}
