import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const root = join(import.meta.dirname, '../..')
const place = join(root, 'dist/dashboard')
const made = join(place, 'index.html')
/** What the pages are made of. */
const sources = ['dashboard', 'src/server/contract', 'package-lock.json']
const triedEveryMs = 200

/**
 * Builds the pages of the dashboard where the server looks for them, when they are missing or older than their
 * sources. One worker of a test run builds, the others wait for it.
 */
export async function buildDashboard(): Promise<void> {
  if (isFresh()) return
  const lock = join(tmpdir(), `offpeak-dashboard-${process.env['OFFPEAK_TEST_OWNER_PID'] ?? process.pid}`)
  try {
    mkdirSync(lock)
  } catch {
    while (!existsSync(join(lock, 'done'))) await sleep(triedEveryMs)
    // Another test may have removed the pages after they were built.
    if (existsSync(made)) return
  }
  try {
    build()
  } finally {
    writeFileSync(join(lock, 'done'), '')
  }
}

/** For vitest's global setup: forgets which worker has built. */
export function forgetBuild(): void {
  rmSync(join(tmpdir(), `offpeak-dashboard-${process.pid}`), { recursive: true, force: true })
}

/** The pages come into place at once, so that no server reads half of them. */
function build(): void {
  const beside = `${place}-${process.pid}`
  const words = ['build', '--config', 'dashboard/vite.config.ts', '--logLevel', 'error', '--outDir', beside]
  const { status, stderr } = spawnSync(process.execPath, ['node_modules/vite/bin/vite.js', ...words], {
    cwd: root,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`the dashboard cannot be built:\n${stderr}`)
  rmSync(place, { recursive: true, force: true })
  renameSync(beside, place)
}

function isFresh(): boolean {
  return existsSync(made) && statSync(made).mtimeMs > Math.max(...sources.map(newestIn))
}

function newestIn(path: string): number {
  const at = join(root, path)
  const { mtimeMs } = statSync(at)
  if (!statSync(at).isDirectory()) return mtimeMs
  return Math.max(mtimeMs, ...readdirSync(at).map((name) => newestIn(join(path, name))))
}
