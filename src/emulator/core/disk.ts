/** What the emulator keeps holds prompts and answers: for its owner alone, whatever the umask is. */
export const PRIVATE_FILE = 0o600
export const PRIVATE_FOLDER = 0o700

/** errno(3): no space, a quota, the largest file that is allowed, a disk that fails. */
const FAULTS: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO'])
/** In real milliseconds. */
export const DISK_RETRY_MS = 250

/** Whether something failed for a disk that is full or fails, and may succeed when it is tried again. */
export function isDiskFault(error: unknown): boolean {
  return FAULTS.has(Reflect.get(Object(error), 'code'))
}
