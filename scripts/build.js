// Builds dist. Plain JavaScript, because npm calls it as `prepare` before anybody has looked at the Node version.
import { spawnSync } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = new URL('../', import.meta.url)
const preparing = process.argv.includes('--prepare')
const compiler = findCompiler()

if (compiler === null) {
  const words = 'typescript is not installed, so dist is not built'
  // An install without development dependencies is no failure: the sources run as they are.
  process.stderr.write(preparing ? `${words}; nothing else is missing\n` : `${words}: run npm install\n`)
  process.exitCode = preparing ? 0 : 1
} else {
  rmSync(new URL('dist', root), { recursive: true, force: true })
  const built = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], {
    cwd: fileURLToPath(root),
    stdio: 'inherit',
  })
  process.exitCode = built.status ?? 1
}

/** Where the compiler's program lies; null when it is not installed. */
function findCompiler() {
  try {
    const manifest = createRequire(import.meta.url).resolve('typescript/package.json')
    const program = new URL('bin/tsc', pathToFileURL(manifest))
    return existsSync(program) ? fileURLToPath(program) : null
  } catch {
    return null
  }
}
