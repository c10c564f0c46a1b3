import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Offpeak } from '../../src/offpeak.ts'

/** Opens the project in the current directory with the compiled Offpeak in `dist`. */
export async function openCompiled(dist: string): Promise<{ readonly offpeak: Offpeak } & AsyncDisposable> {
  // As the command does.
  enableCompileCache()
  const path = pathToFileURL(join(dist, 'index.js')).href
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- compiled from exactly this source
  const module = (await import(path)) as typeof import('../../src/index.ts')
  const offpeak = await module.openOffpeak({
    cwd: process.cwd(),
    configFile: null,
    envFile: null,
    modules: { offpeak: module },
  })
  return { offpeak, [Symbol.asyncDispose]: () => offpeak[Symbol.asyncDispose]() }
}
