import { readFile, stat } from 'node:fs/promises'

/** The byte of the shared-memory file that a writer locks (https://sqlite.org/walformat.html, section 2.3.1: WAL_WRITE_LOCK). */
const writeLockByte = 120

/** The process that writes to a SQLite state now, for people; null: nobody does, or this system does not tell. */
export async function writerOf(path: string): Promise<string | null> {
  const { ino } = await stat(`${path}-shm`)
  // proc_locks(5): `1: POSIX  ADVISORY  WRITE 4242 00:2f:1180 120 120`.
  const locks = await readFile('/proc/locks', 'utf8')
  for (const line of locks.split('\n')) {
    const [, kind, , mode, pid = '', file = '', from, to] = line.trim().split(/\s+/)
    if (kind !== 'POSIX' || mode !== 'WRITE' || file.split(':')[2] !== String(ino)) continue
    if (Number(from) > writeLockByte || (to !== 'EOF' && Number(to) < writeLockByte)) continue
    const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')
    return name === '' ? `process ${pid}` : `process ${pid} (${name.trim()})`
  }
  return null
}
