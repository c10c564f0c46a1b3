import { statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { isAbsolute, relative } from 'node:path'
import { parseEnv } from 'node:util'
import type { ModuleLoader } from './load-module.ts'

/** How often the files are looked at. */
const lookEveryMs = 1_000

/** A file of the configuration that is not what it was when this process read it. */
export interface ConfigChange {
  /** From the directory of the project. */
  readonly file: string
  /** Milliseconds since the epoch. */
  readonly changedAt: number
}

/** Of a file that is not there nobody knows since when. */
const gone = '0 gone'

function stampOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false })
  return found === undefined ? gone : `${found.mtimeMs} ${found.size}`
}

interface Seen {
  readonly stamp: string
  readonly meaning: string
}

/**
 * The files that a configuration was read from: the config, what it imports, and the environment files. A process goes by
 * what they were when it began, as its state, its provider and its prices hang on them; it can tell that they changed.
 */
export class ConfigFiles {
  readonly #dir: string
  readonly #paths: readonly string[]
  readonly #loader: () => Promise<ModuleLoader>
  #begun: Promise<ReadonlyMap<string, Seen>> | null = null
  /** As the configuration was read. */
  readonly #stamps: ReadonlyMap<string, string>
  readonly #latest = new Map<string, Seen>()
  #told = ''
  readonly #watchers = new Set<(changes: readonly ConfigChange[]) => void>()

  /** `paths` may name files that are not there, and may come to be. */
  constructor(dir: string, paths: readonly string[], loader: () => Promise<ModuleLoader>) {
    this.#dir = dir
    this.#paths = [...new Set(paths)]
    this.#loader = loader
    this.#stamps = new Map(this.#paths.map((path) => [path, stampOf(path)]))
  }

  /** What is another now than when the configuration was read; nothing before it is watched; a comment or another layout is no change. */
  async changes(): Promise<readonly ConfigChange[]> {
    if (this.#begun === null) return []
    const begun = await this.#begun
    const found: ConfigChange[] = []
    for (const path of this.#paths) {
      const now = await this.#look(path)
      if (now.meaning === begun.get(path)?.meaning) continue
      found.push({ file: this.#nameOf(path), changedAt: Math.round(Number(now.stamp.split(' ')[0])) })
    }
    return found
  }

  /** From now on the files are looked at every so often; `tell` hears of each change. */
  watch(tell: (changes: readonly ConfigChange[]) => void): Disposable {
    this.#begun ??= this.#lookAtAll()
    this.#watchers.add(tell)
    const looking = setInterval(() => void this.#tellChanges().catch(() => undefined), lookEveryMs)
    looking.unref()
    return {
      [Symbol.dispose]: () => {
        clearInterval(looking)
        this.#watchers.delete(tell)
      },
    }
  }

  async #tellChanges(): Promise<void> {
    const changes = await this.changes()
    const now = JSON.stringify(changes)
    if (now === this.#told) return
    this.#told = now
    if (changes.length > 0) for (const tell of this.#watchers) tell(changes)
  }

  async #lookAtAll(): Promise<ReadonlyMap<string, Seen>> {
    const seen = new Map<string, Seen>()
    for (const path of this.#paths) {
      const stamp = this.#stamps.get(path) ?? gone
      const now = stamp === gone ? { stamp, meaning: '' } : await this.#look(path)
      // What was written between reading and watching cannot be compared any more.
      seen.set(path, now.stamp === stamp ? now : { stamp, meaning: 'another' })
    }
    return seen
  }

  async #look(path: string): Promise<Seen> {
    const stamp = stampOf(path)
    const known = this.#latest.get(path)
    if (known?.stamp === stamp) return known
    const seen = { stamp, meaning: stamp === gone ? '' : await this.#meaningOf(path) }
    this.#latest.set(path, seen)
    return seen
  }

  async #meaningOf(path: string): Promise<string> {
    if (/\.[cm]?[jt]sx?$|\.json$/.test(path)) return JSON.stringify((await this.#loader()).code.shape(path))
    const text = await readFile(path, 'utf8').catch(() => '')
    return JSON.stringify(Object.entries(parseEnv(text)).toSorted(([one], [other]) => (one < other ? -1 : 1)))
  }

  #nameOf(path: string): string {
    const name = relative(this.#dir, path)
    return name === '' || name.startsWith('..') || isAbsolute(name) ? path : name
  }
}
