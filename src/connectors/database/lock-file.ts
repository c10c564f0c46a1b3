import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

export interface Lock extends Disposable {
  readonly held: true
}

/** Process that has the lock, when it could not be taken; null when that process did not write it down (yet). */
export interface Taken {
  readonly held: false
  readonly pid: number | null
}

/**
 * The lock `<path>.lock` of this process, or the process that has it. The lock is one of the kernel's, held through an
 * open SQLite file: it ends with its process however that dies, so a lock that is left over never has to be guessed at.
 * The pid beside it (`<path>.pid`) only serves the error message. `mode` is that of both files, less the umask.
 */
export function takeLock(path: string, mode = 0o666): Lock | Taken {
  mkdirSync(dirname(path), { recursive: true, mode: mode | 0o111 })
  closeSync(openSync(`${path}.lock`, 'a', mode))
  const handle = new DatabaseSync(`${path}.lock`, { timeout: 0 })
  try {
    handle.exec('begin exclusive')
  } catch (thrown) {
    handle.close()
    if (!(thrown instanceof Error) || !/locked|busy/i.test(thrown.message)) throw thrown
    return { held: false, pid: readPid(`${path}.pid`) }
  }
  writeFileSync(`${path}.pid`, `${process.pid}\n`, { mode })
  return {
    held: true,
    [Symbol.dispose](): void {
      rmSync(`${path}.pid`, { force: true })
      handle.close()
    },
  }
}

function readPid(path: string): number | null {
  try {
    const pid = Number(readFileSync(path, 'utf8').trim())
    return Number.isInteger(pid) && pid > 0 ? pid : null
  } catch {
    return null
  }
}
