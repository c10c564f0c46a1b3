import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { templateIn } from '../connectors/files/template.ts'
import { OffpeakError } from '../domain/errors.ts'
import { makePrivateFolder, tightenTree } from '../engine/files/private-files.ts'
import { ModuleFiles } from './definition/module-files.ts'
import { ShapeCache } from './definition/shape-cache.ts'
import { functionText } from './definition/syntax.ts'
import type { Environment } from './environment.ts'
import { envOf } from './environment.ts'
import { cannotLoad } from './module-fault.ts'
import { Translator } from './translator.ts'

/**
 * A loader of TypeScript files as people write them: without extensions, with enums, in packages of either module type.
 */
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

/** Context of a project's modules. */
export interface ProjectModules {
  readonly dir: string
  readonly environment: Pick<Environment, 'get' | 'lookedIn'>
  /** Handed out by name instead of being resolved, so that job files get the very Offpeak that runs them. */
  readonly modules: Readonly<Record<string, unknown>>
  /** Whether the project was read before in this process, and has changed. */
  readonly isAgain?: boolean
}

/**
 * A loader for config and job files. What it has loaded is its own: another project of this process, and a later loader
 * of the same one, load it anew. Throws E_JOB_FILE naming the file and what it said.
 */
export async function moduleLoader({
  dir,
  environment,
  modules,
  isAgain = false,
}: ProjectModules): Promise<ModuleLoader> {
  const { createJiti } = await import('jiti')
  const cache = join(dir, '.offpeak', 'cache')
  keepPrivate(cache)
  const given = { ...(await standIns(dir)), ...(await atHome(modules, dir, environment)) }
  const translator = new Translator({ dir, createJiti, cache, given, isAgain })
  const code = new ModuleFiles(
    translator.jiti,
    dir,
    new Set([...Object.keys(given), 'offpeak', 'offpeak/postgres', 'offpeak/provider']),
    new ShapeCache(cache),
  )
  return {
    code,
    functionText: (text) => functionText(translator.jiti, text),
    files: () => {
      // What Node loads by itself, nobody else has seen.
      code.follow(translator.leftToNode)
      return [...new Set([...Object.keys(translator.loaded), ...code.paths])].filter(
        (path) => !/[\\/]node_modules[\\/]/.test(path),
      )
    },
    async load(path) {
      try {
        return await translator.evaluate(path)
      } catch (thrown) {
        const where = relative(dir, path) || path
        if (!(thrown instanceof OffpeakError)) throw cannotLoad(thrown, where, translator.tsconfigFault)
        throw thrown.where === null ? thrown.with({ where }) : thrown
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

/**
 * What job files get has its relative paths from the project's directory, and its environment from the project, wherever
 * the command runs. Where nobody hands Offpeak out, it is the one that the project has installed.
 */
async function atHome(
  modules: Readonly<Record<string, unknown>>,
  dir: string,
  environment: ProjectModules['environment'],
): Promise<Readonly<Record<string, unknown>>> {
  const offpeak = modules['offpeak'] ?? (await installed(dir))
  return typeof offpeak === 'object' && offpeak !== null
    ? { ...modules, offpeak: { ...offpeak, template: templateIn(dir), env: envOf(environment) } }
    : modules
}

async function installed(dir: string): Promise<unknown> {
  try {
    return await import(pathToFileURL(createRequire(`${dir}/`).resolve('offpeak')).href)
  } catch {
    return null
  }
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

/** The default export of a loaded module, also through one layer of CommonJS interop, or what `module.exports` is. */
export function defaultOf(module: unknown): unknown {
  if (typeof module !== 'object' || module === null) return undefined
  const value: unknown = Reflect.get(module, 'default')
  if (value === undefined && !Reflect.has(module, '__esModule')) return module
  return typeof value === 'object' && value !== null && Reflect.has(value, '__esModule')
    ? Reflect.get(value, 'default')
    : value
}
