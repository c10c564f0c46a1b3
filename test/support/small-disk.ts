import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A directory with a disk of its own, as large as it is told. */
export interface SmallDisk extends Disposable {
  resize(size: string): void
}

/** Mounts such a disk; the machine must allow it (`canMount`). Sizes are those of tmpfs(5): `64k`, `2m`. */
export function smallDisk(path: string, size: string): SmallDisk {
  mkdirSync(path, { recursive: true })
  asRoot('mount', '-t', 'tmpfs', '-o', `size=${size},mode=700,uid=${uid()},gid=${gid()}`, 'tmpfs', path)
  return {
    resize: (to) => asRoot('mount', '-o', `remount,size=${to}`, path),
    [Symbol.dispose]: () => asRoot('umount', '-l', path),
  }
}

function uid(): number {
  return process.getuid?.() ?? 0
}

function gid(): number {
  return process.getgid?.() ?? 0
}

function asRoot(...command: readonly string[]): void {
  const argv = uid() === 0 ? command : ['sudo', '-n', ...command]
  const { status, stderr, error } = spawnSync(argv[0] ?? '', argv.slice(1), { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${argv.join(' ')}: ${error?.message ?? stderr}`)
}

/** Whether this machine lets the tests mount a disk, which takes root or sudo, and Linux. */
export const canMount: boolean = (() => {
  const path = mkdtempSync(join(tmpdir(), 'offpeak-disk-'))
  try {
    smallDisk(path, '64k')[Symbol.dispose]()
    return true
  } catch {
    return false
  } finally {
    rmSync(path, { recursive: true, force: true })
  }
})()
