import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { templateIn } from '../connectors/files/template.ts'
import { messageOf, OffpeakError } from '../domain/errors.ts'
import { ModuleFiles } from './definition/module-files.ts'
import { ShapeCache } from './definition/shape-cache.ts'
import { functionText } from './definition/syntax.ts'
import { makePrivateFolder, tightenTree } from '../engine/files/private-files.ts'

/** Loads TypeScript files as people write them: without extensions, with enums, in packages of either module type. */
export type LoadModule = (path: string) => Promise<unknown>

/** The modules of a project: loaded as they are now, and read as code. */
export interface ModuleLoader {
  readonly load: LoadModule
  readonly code: ModuleFiles
  /** The text of a function without comments and layout. */
  readonly functionText: (text: string) => string
  /** The files of the project that were loaded or read, those of packages left out. */
  readonly files: () => readonly string[]
}

/**
 * A loader for config and job files. `modules` are handed out by name instead of being resolved, so that job files
 * get the very Offpeak that runs them. Throws E_JOB_FILE naming the file and what it said.
 */
export async function moduleLoader(
  dir: string,
  modules: Readonly<Record<string, unknown>>,
): Promise<ModuleLoader> {
  const { createJiti } = await import('jiti')
  const cache = join(dir, '.offpeak', 'cache')
  keepPrivate(cache)
  const given = { ...(await standIns(dir)), ...atHome(modules, dir) }
  const jiti = createJiti(`${dir}/`, {
    interopDefault: false,
    // What was translated once is kept by its content: most commands then load no translator.
    fsCache: cache,
    virtualModules: given,
  })
  // A file that was edited since another loader of this process read it is read again.
  for (const known of Object.keys(jiti.cache)) if (known.startsWith(`${dir}/`)) delete jiti.cache[known]
  const others = new Set(Object.keys(jiti.cache))
  const code = new ModuleFiles(
    jiti,
    dir,
    new Set([...Object.keys(given), 'offpeak', 'offpeak/postgres']),
    new ShapeCache(cache),
  )
  return {
    code,
    functionText: (text) => functionText(jiti, text),
    files: () => {
      const loaded = Object.keys(jiti.cache).filter((path) => !others.has(path))
      return [...new Set([...loaded, ...code.paths])].filter((path) => !/[\\/]node_modules[\\/]/.test(path))
    },
    async load(path) {
      try {
        return await jiti.import(path)
      } catch (thrown) {
        if (thrown instanceof OffpeakError) throw thrown
        throw new OffpeakError('E_JOB_FILE', `the file cannot be loaded: ${messageOf(thrown)}`, {
          where: relative(dir, path) || path,
          fix: 'the message above comes from your file; `npx tsc --noEmit` shows more',
          cause: thrown,
        })
      } finally {
        tightenTree(cache)
      }
    },
  }
}

/** The cache is the first that is made in Offpeak's folder; where nothing can be written, there is none. */
function keepPrivate(cache: string): void {
  try {
    makePrivateFolder(dirname(cache))
    makePrivateFolder(cache)
  } catch {
    // As jiti does, which then translates anew each time.
  }
}

/** What job files get has its relative paths from the project's directory, wherever the command runs. */
function atHome(modules: Readonly<Record<string, unknown>>, dir: string): Readonly<Record<string, unknown>> {
  const { offpeak } = modules
  return typeof offpeak === 'object' && offpeak !== null
    ? { ...modules, offpeak: { ...offpeak, template: templateIn(dir) } }
    : modules
}

/** Job files describe answers with zod as a rule; where the project has none of its own, ours serves. */
async function standIns(dir: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    createRequire(`${dir}/`).resolve('zod')
    return {}
  } catch {
    return { zod: await import('zod') }
  }
}

/** The default export of a loaded module, also through one layer of CommonJS interop. */
export function defaultOf(module: unknown): unknown {
  if (typeof module !== 'object' || module === null) return undefined
  const value: unknown = Reflect.get(module, 'default')
  return typeof value === 'object' && value !== null && Reflect.has(value, '__esModule')
    ? Reflect.get(value, 'default')
    : value
}
