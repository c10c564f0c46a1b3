import { spawn } from 'node:child_process'
import { accessSync, chmodSync, constants, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const ram = '/dev/shm'
/** Installed packages, several database servers and what they log, all at once. */
const neededBytes = 6e9

/**
 * For vitest's global setup: lets whatever tests write, databases too, go to memory, where bringing it to the disk costs
 * no wait. Processes are killed by tests, machines are not, so that no test can tell. A TMPDIR that is set stays, and so
 * does the disk of a machine that has too little memory for it, or runs no programs from there. Returns what ends it.
 */
export function writeToMemory(): () => void {
  if (process.env['TMPDIR'] !== undefined || !hasRoom()) return () => undefined
  // What V8 made of the sources outlasts the test run.
  process.env['NODE_COMPILE_CACHE'] ??= join(tmpdir(), 'node-compile-cache')
  const folder = mkdtempSync(join(ram, 'offpeak-tests-'))
  // The database server has an account of its own.
  chmodSync(folder, 0o711)
  process.env['TMPDIR'] = folder
  removeWhenGone(folder)
  return () => rmSync(folder, { recursive: true, force: true })
}

function hasRoom(): boolean {
  try {
    accessSync(ram, constants.W_OK)
    const { bavail, bsize } = statfsSync(ram)
    return bavail * bsize > neededBytes && process.availableMemory() > neededBytes && runsPrograms()
  } catch {
    return false
  }
}

/** A container mounts it so that nothing there can be run, which installed packages have to be. */
function runsPrograms(): boolean {
  const mounts = readFileSync('/proc/mounts', 'utf8').split('\n')
  const options = mounts.findLast((line) => line.split(' ')[1] === ram)?.split(' ')[3]
  return options !== undefined && !options.split(',').includes('noexec')
}

/** A test run that is killed leaves nothing in memory, nor do its programs, which live on for a while. */
function removeWhenGone(folder: string): void {
  const script =
    'while kill -0 "$1" 2>/dev/null; do sleep 1; done; sleep 3; rm -rf "$2"; sleep 60; rm -rf "$2"'
  spawn('/bin/sh', ['-c', script, 'watch', String(process.pid), folder], {
    detached: true,
    stdio: 'ignore',
    cwd: '/',
  }).unref()
}
