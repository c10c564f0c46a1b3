import { closeSync, fsyncSync, openSync } from 'node:fs'
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

/** Does an act on a file; what fails is E_DISK. */
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
