// Builds dist, and the pages of the dashboard into it. Plain JavaScript, because npm calls it as `prepare` before anybody has looked at the Node version.
import { spawnSync } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = new URL('../', import.meta.url)
const preparing = process.argv.includes('--prepare')
const compiler = findProgram('typescript', 'bin/tsc')

if (compiler === null) {
  const words = 'typescript is not installed, so dist is not built'
  // An install without development dependencies is no failure: the sources run as they are.
  process.stderr.write(preparing ? `${words}; nothing else is missing\n` : `${words}: run npm install\n`)
  process.exitCode = preparing ? 0 : 1
} else {
  rmSync(new URL('dist', root), { recursive: true, force: true })
  process.exitCode = runNode(compiler, '-p', 'tsconfig.build.json')
  if (process.exitCode === 0) process.exitCode = buildDashboard()
}

/** Builds the pages into dist/dashboard. Everything but them works without, so that an install goes on. */
function buildDashboard() {
  const vite = findProgram('vite', 'bin/vite.js')
  if (vite !== null)
    return runNode(vite, 'build', '--config', 'dashboard/vite.config.ts', '--logLevel', 'warn')
  if (preparing) return 0
  process.stderr.write('vite is not installed, so the dashboard is not built: run npm install\n')
  return 1
}

/** Runs a program of JavaScript and gives its exit code. */
function runNode(program, ...words) {
  const cwd = fileURLToPath(root)
  return spawnSync(process.execPath, [program, ...words], { cwd, stdio: 'inherit' }).status ?? 1
}

/** Where the program of a package lies; null when it is not installed. */
function findProgram(name, place) {
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`)
    const program = new URL(place, pathToFileURL(manifest))
    return existsSync(program) ? fileURLToPath(program) : null
  } catch {
    return null
  }
}
