import { stat } from 'node:fs/promises'
import { isDeepStrictEqual } from 'node:util'
import type { Definition } from '../domain/definition.ts'
import { OffpeakError } from '../domain/errors.ts'
import type { AnyJob } from '../ports/job.ts'
import { jobDefinition } from './definition/job-definition.ts'
import { type BrokenJob, jobFiles, type LoadedJob, type LoadedJobs, loadJobs, problemWith } from './jobs.ts'
import type { ModuleLoader } from './load-module.ts'

/** In place of the name of a file. */
const givenAsValue = 'the job that was given'
/** How often the files are looked at, at most. */
const lookEveryMs = 250
/** A project whose files take long to find is looked at more rarely: a tenth of the time at most. */
const restFactor = 10

/** The change seen by a process that watches the job files. */
export interface JobsChanged {
  /** The jobs as they are now. */
  readonly jobs: LoadedJobs
}

interface Loaded extends LoadedJobs {
  /** When and how large each file was that went into them. */
  readonly stamps: ReadonlyMap<string, string>
  readonly changedAt: number
}

/** The jobs of a project: loaded when they are first asked for, and anew as their files change where that is watched. */
export class ProjectJobs {
  readonly #dir: string
  readonly #patterns: readonly string[]
  readonly #loader: () => Promise<ModuleLoader>
  #loaded: Promise<Loaded> | null = null
  #looking: Promise<void> | null = null
  #nextLookAt = -Infinity
  readonly #lastGood = new Map<string, LoadedJob>()
  readonly #watchers = new Set<(changed: JobsChanged) => void>()
  /** Jobs that were given as values, by name. */
  readonly #given = new Map<string, LoadedJob>()
  /** How many calls are at work with them. */
  readonly #inUse = new Map<string, number>()

  constructor(dir: string, patterns: readonly string[], loader: () => Promise<ModuleLoader>) {
    this.#dir = dir
    this.#patterns = patterns
    this.#loader = loader
  }

  /** Those that can be used, by name. */
  async all(): Promise<ReadonlyMap<string, LoadedJob>> {
    return new Map([...(await this.#now()).jobs, ...this.#given])
  }

  /**
   * Takes a job that was given as a value, in the place of one of its name that was given before, for as long as this
   * project is open; while what is returned is held, another one of its name is refused. Throws E_JOB_INVALID for what is
   * wrong with it, and where a file, or a call that is still at work, has another one of its name.
   */
  async give(job: AnyJob): Promise<Disposable> {
    if (this.#given.get(job.name)?.job === job) return this.#use(job.name)
    const problem = problemWith(job, givenAsValue)
    if (problem !== null) throw problem
    const { functionText } = await this.#loader()
    const definitionOf = (one: AnyJob): Definition =>
      jobDefinition(one, { code: null, dir: this.#dir, functionText })
    const definition = definitionOf(job)
    const { jobs, broken } = await this.#now()
    const known = jobs.get(job.name)
    const file = known?.file ?? broken.find(({ names }) => names.includes(job.name))?.file
    if (file !== undefined && !(known && isDeepStrictEqual(definitionOf(known.job), definition)))
      throw new OffpeakError('E_JOB_INVALID', `a file defines another job that is named ${job.name}`, {
        where: file,
        fix: 'rename one of them',
      })
    const before = this.#given.get(job.name)
    if (before !== undefined && (this.#inUse.get(job.name) ?? 0) > 0) {
      if (isDeepStrictEqual(definitionOf(before.job), definition)) return this.#use(job.name)
      throw new OffpeakError(
        'E_JOB_INVALID',
        `another job that is named ${job.name} is at work in this project`,
        {
          where: givenAsValue,
          fix: 'wait for the call that was given the other one, or rename one of them',
        },
      )
    }
    // Runs know the job of a file by its code.
    this.#given.set(job.name, {
      job,
      file: file ?? givenAsValue,
      definition: known?.definition ?? (() => definition),
    })
    return this.#use(job.name)
  }

  #use(name: string): Disposable {
    this.#inUse.set(name, (this.#inUse.get(name) ?? 0) + 1)
    return { [Symbol.dispose]: () => this.#inUse.set(name, (this.#inUse.get(name) ?? 1) - 1) }
  }

  async broken(): Promise<readonly BrokenJob[]> {
    return (await this.#now()).broken
  }

  /** A job by name; null: no file defines it. Throws what is wrong with it, or with the file that seems to define it. */
  async find(name: string): Promise<LoadedJob | null> {
    const { jobs, broken } = await this.#now()
    const found = this.#given.get(name) ?? jobs.get(name)
    if (found) return found
    const wrong = broken.find(({ names }) => names.includes(name))
    if (wrong) throw wrong.error
    return null
  }

  /**
   * The same for runs that go on: while a file is broken that this process has loaded before, as when it is saved half
   * written, they go by what was loaded then.
   */
  async carried(name: string): Promise<LoadedJob | null> {
    try {
      return await this.find(name)
    } catch (thrown) {
      const last = this.#lastGood.get(name)
      if (last === undefined) throw thrown
      return last
    }
  }

  /** When the newest of the files was changed that went into the jobs (milliseconds since the epoch). */
  async changedAt(): Promise<number> {
    return (await this.#now()).changedAt
  }

  /** From now on the files are looked at whenever a job is asked for, and every so often; `tell` hears of changes. */
  watch(tell: (changed: JobsChanged) => void): Disposable {
    this.#watchers.add(tell)
    const looking = setInterval(() => void this.#now().catch(() => undefined), lookEveryMs * 4)
    looking.unref()
    return {
      [Symbol.dispose]: () => {
        clearInterval(looking)
        this.#watchers.delete(tell)
      },
    }
  }

  async #now(): Promise<Loaded> {
    this.#loaded ??= this.#load()
    if (this.#watchers.size > 0 && performance.now() >= this.#nextLookAt)
      this.#looking ??= this.#look().finally(() => (this.#looking = null))
    await this.#looking
    return this.#loaded
  }

  async #look(): Promise<void> {
    const startedAt = performance.now()
    const { stamps } = (await this.#loaded?.catch(() => null)) ?? { stamps: new Map<string, string>() }
    const files = new Set([...stamps.keys(), ...(await jobFiles(this.#dir, this.#patterns))])
    const now = await stampsOf([...files])
    const endedAt = performance.now()
    this.#nextLookAt = endedAt + Math.max(lookEveryMs, restFactor * (endedAt - startedAt))
    if (now.size === stamps.size && [...now].every(([path, stamp]) => stamps.get(path) === stamp)) return
    const loading = this.#load()
    this.#loaded = loading
    const jobs = await loading
    for (const tell of this.#watchers) tell({ jobs })
  }

  async #load(): Promise<Loaded> {
    const loader = await this.#loader()
    const files = await jobFiles(this.#dir, this.#patterns)
    // Before they are read: what changes meanwhile is then seen as a change.
    const before = await stampsOf(files)
    const loaded = await loadJobs(this.#dir, files, loader)
    for (const [name, job] of loaded.jobs) this.#lastGood.set(name, job)
    // The code behind a job can name files that loading it has not touched, as those of prompts.
    for (const { definition } of this.#watchers.size > 0 ? loaded.jobs.values() : []) definition()
    const stamps = new Map([...(await stampsOf(loader.files())), ...before])
    const times = [...stamps.values()].map((stamp) => Number(stamp.split(' ')[0]))
    return { ...loaded, stamps, changedAt: Math.round(Math.max(0, ...times.filter(Number.isFinite))) }
  }
}

/** The time and size of each file; a file that is gone has none. */
async function stampsOf(paths: readonly string[]): Promise<Map<string, string>> {
  const stamps = new Map<string, string>()
  for (const path of paths) {
    const found = await stat(path).catch(() => null)
    if (found !== null) stamps.set(path, `${found.mtimeMs} ${found.size}`)
  }
  return stamps
}

/** An error for a job that is not found: its name may be wrong, or its file. */
export function jobUnknown(
  name: string,
  known: ReadonlyMap<string, LoadedJob>,
  broken: readonly BrokenJob[],
): OffpeakError {
  const names = [...known.keys()]
  const [first] = broken
  return new OffpeakError('E_JOB_UNKNOWN', `there is no job ${name}`, {
    ...(first && { where: `${first.file} cannot be used: ${first.error.message}` }),
    fix:
      names.length === 0
        ? 'no job files were found; `offpeak init` writes one, or set `jobs` in offpeak.config.ts'
        : `the jobs are ${names.join(', ')}`,
  })
}
