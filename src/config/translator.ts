import { existsSync, readFileSync } from 'node:fs'
import { dirname, extname, isAbsolute, join } from 'node:path'
import type { createJiti, Jiti, ModuleCache } from 'jiti'
import { classFields } from './class-fields.ts'
import { textImports } from './text-imports.ts'

/** Options of a translator. */
export interface TranslatorOptions {
  readonly dir: string
  readonly createJiti: typeof createJiti
  /** The folder where what was translated once is kept by its content: most commands then load no translator. */
  readonly cache: string
  /** Modules that are handed out by name instead of being resolved. */
  readonly given: Readonly<Record<string, unknown>>
  /** Whether the project is read again, after its files have changed. */
  readonly isAgain: boolean
}

/**
 * A translator that evaluates the files of a project, each once. It follows the `paths` and `baseUrl` of the
 * tsconfig.json nearest to each file; where one cannot be read, it goes on without any (`tsconfigFault`).
 */
export class Translator {
  readonly loaded: ModuleCache = {}
  /** JavaScript modules of the project that were left to Node. */
  readonly leftToNode = new Set<string>()
  readonly #options: TranslatorOptions
  readonly #cache: ModuleCache
  #jiti: Jiti
  #tsconfigFault: Error | null = null

  constructor(options: TranslatorOptions) {
    this.#options = options
    this.#cache = this.#withScripts()
    try {
      this.#jiti = makeJiti(options, true)
    } catch (thrown) {
      this.#jiti = this.#withoutPaths(thrown)
    }
  }

  get jiti(): Jiti {
    return this.#jiti
  }

  /** Why `paths` are not followed; null: they are. */
  get tsconfigFault(): Error | null {
    return this.#tsconfigFault
  }

  /** What a file exports. Throws what its code throws; a module that has failed is evaluated anew for who asks next. */
  async evaluate(path: string): Promise<unknown> {
    try {
      return await this.#evaluate(path)
    } catch (thrown) {
      this.#forgetFailed()
      this.#jiti = this.#withoutPaths(thrown)
      return await this.#evaluate(path).finally(() => this.#forgetFailed())
    }
  }

  /** JavaScript is translated as well: Node itself would load another Offpeak for it, and keep the file for ever. */
  async #evaluate(path: string): Promise<unknown> {
    const known = this.loaded[path]
    if (known?.loaded === true) return known.exports
    return await this.#jiti.evalModule(readFileSync(path, 'utf8'), {
      id: path,
      filename: path,
      ext: extname(path),
      async: true,
      forceTranspile: true,
      cache: this.#cache,
    })
  }

  /**
   * The modules that were loaded. JavaScript modules of the project are left to Node at first, which gives them to the rest of
   * the process as well, and keeps them for ever. So in a project that is read again they are translated as they are now;
   * whoever imports one awaits its exports.
   */
  #withScripts(): ModuleCache {
    return new Proxy(this.loaded, {
      get: (loaded, path) => {
        if (typeof path !== 'string' || Object.hasOwn(loaded, path)) return Reflect.get(loaded, path)
        if (!isOwnScript(path)) return undefined
        if (this.#options.isAgain) return { exports: this.#evaluate(path) }
        this.leftToNode.add(path)
        return undefined
      },
    })
  }

  #forgetFailed(): void {
    for (const [name, module] of Object.entries(this.loaded)) if (!module.loaded) delete this.loaded[name]
  }

  /** Throws what was thrown, where it is not about a tsconfig.json. */
  #withoutPaths(thrown: unknown): Jiti {
    const isOfTsconfig = thrown instanceof Error && /\bat (?:\w+\.)?getTsconfig\b/.test(thrown.stack ?? '')
    if (!isOfTsconfig || this.#tsconfigFault !== null) throw thrown
    this.#tsconfigFault = thrown
    return makeJiti(this.#options, false)
  }
}

/** Whether a path is that of a JavaScript module which is no part of a package that was installed. */
function isOwnScript(path: string): boolean {
  if (!isAbsolute(path) || /[\\/]node_modules[\\/]/.test(path)) return false
  return path.endsWith('.mjs') || (path.endsWith('.js') && isInModulePackage(path))
}

/** By the nearest package.json, as Node tells them apart. */
function isInModulePackage(path: string): boolean {
  for (let at = dirname(path); ; at = dirname(at)) {
    const manifest = join(at, 'package.json')
    if (existsSync(manifest)) return isOfModules(readFileSync(manifest, 'utf8'))
    if (dirname(at) === at) return false
  }
}

function isOfModules(manifest: string): boolean {
  try {
    return Reflect.get(Object(JSON.parse(manifest)), 'type') === 'module'
  } catch {
    // Whoever loads the file says what is wrong.
    return false
  }
}

function makeJiti({ dir, createJiti, cache, given }: TranslatorOptions, tsconfigPaths: boolean): Jiti {
  return createJiti(join(dir, 'offpeak.ts'), {
    interopDefault: false,
    fsCache: cache,
    // Node's own cache of modules belongs to the whole process.
    moduleCache: false,
    // Bun and Deno would load the files themselves, past the modules that are handed out.
    tryNative: false,
    tsconfigPaths,
    // As `"jsx": "react-jsx"`; a file names another library by `@jsxImportSource`.
    jsx: { runtime: 'automatic' },
    virtualModules: { ...given },
    transformOptions: { babel: { plugins: [textImports, classFields] } },
  })
}
