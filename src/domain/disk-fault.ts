import { type ErrorDetail, messageOf, OffpeakError } from './errors.ts'

/** Why a disk did not do what it was told: it has no room (or none for us), or it fails or may not be written. */
export type DiskFault = 'full' | 'failing'

/** errno(3): no space, a quota, and the largest file that is allowed. */
const full: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])
const failing: ReadonlySet<unknown> = new Set(['EIO', 'EROFS', 'EMFILE', 'ENFILE'])
/** SQLite's primary result codes FULL and IOERR (https://sqlite.org/rescode.html). */
const sqliteFull = 13
const sqliteIoError = 10
/** SQLITE_IOERR_SHMSIZE: the index of the log could not grow, which is what a full disk is called there. */
const sqliteNoRoomForIndex = 4874

/** Whether what was thrown, or what caused it, is the fault of a disk; null: it is not. */
export function diskFault(thrown: unknown): DiskFault | null {
  for (let at = thrown; typeof at === 'object' && at !== null; at = Reflect.get(at, 'cause')) {
    const code: unknown = Reflect.get(at, 'code')
    if (full.has(code)) return 'full'
    if (failing.has(code)) return 'failing'
    const result: unknown = Reflect.get(at, 'errcode')
    if (typeof result !== 'number') continue
    if ((result & 0xff) === sqliteFull || result === sqliteNoRoomForIndex) return 'full'
    if ((result & 0xff) === sqliteIoError) return 'failing'
  }
  return null
}

const roomFix =
  'free some disk space; a run that waits continues automatically, else `offpeak resume` does, and nothing that was stored is lost'

/** E_DISK: what could not be done, and that the disk is full where it is. `where` is the file. */
export function diskError(what: string, thrown: unknown, detail: ErrorDetail): OffpeakError {
  const isFull = diskFault(thrown) === 'full'
  return new OffpeakError('E_DISK', `${what}: ${isFull ? 'the disk is full' : messageOf(thrown)}`, {
    cause: thrown,
    ...detail,
    ...(isFull ? { fix: roomFix } : {}),
  })
}

/** A thrown value as E_DISK where it is that error or an unnamed fault of a disk; null where it is neither. */
export function asDiskFailure(thrown: unknown): OffpeakError | null {
  if (thrown instanceof OffpeakError) return thrown.code === 'E_DISK' ? thrown : null
  if (diskFault(thrown) === null) return null
  const path: unknown = Reflect.get(Object(thrown), 'path')
  return diskError('a file cannot be read or written', thrown, {
    ...(typeof path === 'string' ? { where: path } : {}),
    money: 'unknown',
  })
}
