import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { messageOf, OffpeakError } from '../domain/errors.ts'

/** The values of a project's environment files, and where they were looked for. */
export interface EnvFiles {
  /** Those that were read, nearest first. */
  readonly files: readonly string[]
  /** The directories that were looked through, nearest first; none where a file was named. */
  readonly dirs: readonly string[]
  /** By name; the nearest file that has a name gives its value. */
  readonly values: Readonly<Record<string, string>>
}

const names = ['.env.local', '.env']
/** What stands at the top of a repository or of a workspace of packages. */
const tops = ['.git', 'pnpm-workspace.yaml', 'lerna.json']

/**
 * The values of `.env.local` and `.env` of a directory and of those above it, up to the top of its workspace or
 * repository, or of the one file that is named. Nothing is written to `process.env`. Throws E_ENV when a file is not
 * there or unreadable.
 */
export function readEnvFiles(dir: string, envFile: string | null): EnvFiles {
  const dirs = envFile === null ? upToTop(resolve(dir)) : []
  const files = envFilePaths(dir, envFile).filter((path) => envFile !== null || existsSync(path))
  const values: Record<string, string> = Object.create(null)
  for (const file of files) for (const [name, value] of Object.entries(read(file))) values[name] ??= value
  return { files, dirs, values }
}

/** The environment files of a project, nearest first, whether or not they are there; the one alone that is named. */
export function envFilePaths(dir: string, envFile: string | null): readonly string[] {
  if (envFile !== null) return [envFile]
  return upToTop(resolve(dir)).flatMap((each) => names.map((name) => join(each, name)))
}

function read(file: string): Readonly<Record<string, string>> {
  try {
    const found: Record<string, string> = {}
    const text = readFileSync(file, 'utf8').replace(/^\uFEFF/, '')
    for (const [name, value] of Object.entries(parseEnv(text))) if (value !== undefined) found[name] = value
    return found
  } catch (thrown) {
    throw new OffpeakError('E_ENV', `the environment file cannot be read: ${messageOf(thrown)}`, {
      where: file,
      fix: 'check the path given to --env-file',
      cause: thrown,
    })
  }
}

/** The directory and those above it up to the nearest top; itself alone where there is none. */
function upToTop(dir: string): readonly string[] {
  const dirs: string[] = []
  for (let at = dir; ; at = dirname(at)) {
    dirs.push(at)
    if (isTop(at)) return dirs
    if (dirname(at) === at) return [dir]
  }
}

/** A package that lists `workspaces` is the top of npm's, Yarn's and Bun's; `workspace` in deno.json of Deno's. */
function isTop(dir: string): boolean {
  return (
    tops.some((name) => existsSync(join(dir, name))) ||
    lists(join(dir, 'package.json'), 'workspaces') ||
    lists(join(dir, 'deno.json'), 'workspace')
  )
}

function lists(path: string, entry: string): boolean {
  try {
    const read: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return typeof read === 'object' && read !== null && Object.hasOwn(read, entry)
  } catch {
    return false
  }
}
