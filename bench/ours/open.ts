import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Project } from '../../src/compose/project.ts'

/** Opens the project in the current directory with the compiled Offpeak in `dist`. */
export async function openCompiled(dist: string): Promise<{ readonly offpeak: Project } & AsyncDisposable> {
  // As the command does.
  enableCompileCache()
  const compiled = (path: string): string => pathToFileURL(join(dist, path)).href
  // oxlint-disable typescript/no-unsafe-type-assertion -- compiled from exactly this source
  const library = (await import(compiled('index.js'))) as typeof import('../../src/index.ts')
  const { openProject } = (await import(
    compiled('compose/open-project.js')
  )) as typeof import('../../src/compose/open-project.ts')
  // oxlint-enable typescript/no-unsafe-type-assertion
  const offpeak = await openProject({
    cwd: process.cwd(),
    configFile: null,
    envFile: null,
    modules: { offpeak: library },
  })
  return { offpeak, [Symbol.asyncDispose]: () => offpeak[Symbol.asyncDispose]() }
}
