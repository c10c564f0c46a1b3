import { fdatasync, fsync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { promisify } from 'node:util'

const [wholeToDisk, dataToDisk] = [promisify(fsync), promisify(fdatasync)]

/**
 * A file handle for `await using`. The handles of Yarn's Plug'n'Play have no `Symbol.asyncDispose` of their own, and
 * bring nothing to the disk (yarnpkg/berry, packages/yarnpkg-fslib/sources/patchFs/FileHandle.ts); they get both here.
 */
export async function openFile(path: string, flags?: string | number, mode?: number): Promise<FileHandle> {
  const handle = await open(path, flags, mode)
  if (Symbol.asyncDispose in handle) return handle
  const lacking: object = handle
  return Object.defineProperties(handle, {
    [Symbol.asyncDispose]: { value: () => Reflect.get(lacking, 'close').call(lacking) },
    sync: { value: () => wholeToDisk(Reflect.get(lacking, 'fd')) },
    datasync: { value: () => dataToDisk(Reflect.get(lacking, 'fd')) },
  })
}
