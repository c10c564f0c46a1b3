import { readFileSync } from 'node:fs'
import { glob } from 'node:fs/promises'
import { basename, relative, resolve } from 'node:path'
import type { Definition } from '../domain/definition.ts'
import { messageOf, OffpeakError } from '../domain/errors.ts'
import { baseJob, candidateJobs } from '../ports/candidates.ts'
import { type AnyJob, isJob } from '../ports/job.ts'
import { checkJob } from './check-job.ts'
import { jobDefinition } from './definition/job-definition.ts'
import type { ModuleLoader } from './load-module.ts'

/** A job and the file that defines it. */
export interface LoadedJob {
  readonly job: AnyJob
  readonly file: string
  /** What a run knows this job by; worked out when it is first asked for. */
  readonly definition: () => Definition
}

/** A job file, or one job of it, that cannot be used; no other job is stopped by it. */
export interface BrokenJob {
  readonly file: string
  /** The jobs that it defines, as far as that can be told. */
  readonly names: readonly string[]
  readonly error: OffpeakError
}

/** All jobs that the project's job files export, by name, and what is wrong with the others. */
export interface LoadedJobs {
  readonly jobs: ReadonlyMap<string, LoadedJob>
  readonly broken: readonly BrokenJob[]
}

const namePattern = /^[a-z0-9][a-z0-9._-]{0,63}$/i

/** The job files of a project, in the order of their paths. */
export async function jobFiles(dir: string, patterns: readonly string[]): Promise<readonly string[]> {
  const files = new Set<string>()
  for (const pattern of patterns) {
    for await (const file of glob(pattern, { cwd: dir, exclude: (path) => path.includes('node_modules') }))
      files.add(resolve(dir, file))
  }
  // What a compiler has made beside its source is the same job once more.
  return [...files].filter((file) => !sourcesOf(file).some((source) => files.has(source))).toSorted()
}

/** The files that a file may have been compiled from, where it stands. */
function sourcesOf(file: string): readonly string[] {
  const [, stem, kind] = /^(.*)\.([cm]?)js$/.exec(file) ?? []
  if (stem === undefined) return []
  return kind === '' ? [`${stem}.ts`, `${stem}.tsx`] : [`${stem}.${kind}ts`]
}

/**
 * All job files, loaded. One that cannot be loaded, holds no job or a job that is wrong is noted as broken (E_JOB_FILE,
 * E_JOB_INVALID), and so are jobs of the same name.
 */
export async function loadJobs(
  dir: string,
  files: readonly string[],
  loader: ModuleLoader,
): Promise<LoadedJobs> {
  const jobs = new Map<string, LoadedJob>()
  const broken: BrokenJob[] = []
  for (const file of files) {
    const where = relative(dir, file)
    try {
      const found = jobsOf(await loader.load(file))
      if (found.length === 0)
        throw new OffpeakError('E_JOB_FILE', 'the file exports no job', {
          where,
          fix: 'export default defineJob({ … })',
        })
      for (const [exported, job] of found) {
        const problem = problemWith(job, where)
        const taken = jobs.get(job.name)
        if (problem === null && taken === undefined) {
          const code = { table: loader.code, file, exported }
          const definition = once(() => jobDefinition(job, { code, dir, functionText: loader.functionText }))
          jobs.set(job.name, { job, file: where, definition })
          for (const candidate of candidateJobs(job))
            jobs.set(candidate.name, {
              job: candidate,
              file: where,
              definition: once(() =>
                jobDefinition(candidate, { code, dir, functionText: loader.functionText }),
              ),
            })
        } else if (problem !== null) broken.push({ file: where, names: [job.name], error: problem })
        else broken.push({ file: where, names: [job.name], error: twice(job.name, where, taken?.file ?? '') })
      }
    } catch (thrown) {
      if (!(thrown instanceof OffpeakError)) throw thrown
      broken.push({ file: where, names: namesIn(file), error: thrown })
    }
  }
  // Which of two is meant, nobody can tell.
  for (const { names } of broken)
    for (const name of names) for (const known of jobs.keys()) if (baseJob(known) === name) jobs.delete(known)
  return { jobs, broken }
}

/** The problem of a job that was loaded from `where`, or given there; null: none. */
export function problemWith(job: AnyJob, where: string): OffpeakError | null {
  try {
    if (typeof job.name !== 'string' || !namePattern.test(job.name))
      throw new OffpeakError(
        'E_JOB_INVALID',
        `a job is named ${JSON.stringify(job.name)}; names are letters, digits, dots, dashes and underscores`,
        { where },
      )
    checkJob(job, `${where} (${job.name})`)
    for (const candidate of candidateJobs(job)) checkCandidate(candidate, where)
    return null
  } catch (thrown) {
    if (thrown instanceof OffpeakError) return thrown
    return new OffpeakError('E_JOB_INVALID', `the job cannot be read: ${messageOf(thrown)}`, { where })
  }
}

/** Throws E_JOB_INVALID. */
function checkCandidate(job: AnyJob, where: string): void {
  const candidate = job.name.slice(baseJob(job.name).length + 1)
  if (!namePattern.test(candidate))
    throw new OffpeakError(
      'E_JOB_INVALID',
      `a candidate of ${baseJob(job.name)} is named ${JSON.stringify(candidate)}; names are letters, digits, dots, dashes and underscores`,
      { where },
    )
  checkJob(job, `${where} (${job.name})`)
}

function twice(name: string, where: string, other: string): OffpeakError {
  return new OffpeakError('E_JOB_INVALID', `two jobs are named ${name}`, {
    where: `${where} and ${other}`,
    fix: 'rename one of them',
  })
}

/** The jobs that a file seems to define which cannot be loaded: by its own name, and by what it says. */
function namesIn(file: string): readonly string[] {
  const [own = ''] = basename(file).split('.')
  try {
    const said = readFileSync(file, 'utf8').matchAll(/\bname\s*:\s*(['"`])([\w.-]+)\1/g)
    return [...new Set([own, ...[...said].map(([, , name = '']) => name)])]
  } catch {
    return [own]
  }
}

function jobsOf(module: unknown): readonly (readonly [string, AnyJob])[] {
  if (typeof module !== 'object' || module === null) return []
  const found = new Map<AnyJob, string>()
  // `module.exports = defineJob({ … })`
  if (isJob(module)) found.set(module, 'default')
  for (const [exported, value] of Object.entries(module))
    if (isJob(value) && !found.has(value)) found.set(value, exported)
  return [...found].map(([job, exported]) => [exported, job])
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | null = null
  return () => (made ??= { value: make() }).value
}
