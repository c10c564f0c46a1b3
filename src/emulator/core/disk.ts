/** Modes of kept files and folders, which hold prompts and answers: for their owner alone, whatever the umask is. */
export const privateFile = 0o600
export const privateFolder = 0o700

/** errno(3): no space, a quota, the largest file that is allowed, a disk that fails. */
const diskFaults: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO'])
/** In real milliseconds. */
export const diskRetryMs = 250

/** Whether something failed for a disk that is full or fails, and may succeed when it is tried again. */
export function isDiskFault(error: unknown): boolean {
  return diskFaults.has(Reflect.get(Object(error), 'code'))
}
