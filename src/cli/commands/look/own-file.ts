import { createHash, hash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { access, constants, readFile, realpath, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { OffpeakError } from '../../../domain/errors.ts'
import type { Project } from '../../../compose/project.ts'
import { makePrivateFolder, privateFile } from '../../../engine/files/private-files.ts'
import { yesFlag } from '../../../wording/commands/flags.ts'
import { jobThatUses } from './files-of-jobs.ts'

/** For every command that writes a file: one that is there and was not written by it is left alone. */
export const forceFlag = yesFlag(
  '--force',
  'write over a file that is there and is not as these commands have written it',
)

/**
 * The guard against a path at which no file may be written: throws E_USAGE where there cannot be one; for a file that a
 * job reads or writes, or of the project's own; and, without `force`, for one that holds something else than what
 * `noteOwnFile` was told of.
 */
export async function requireOwnFile(
  path: string,
  { config, flow }: Pick<Project, 'config' | 'flow'>,
  force: boolean,
): Promise<void> {
  const there = await stat(path).catch(() => null)
  if (there?.isDirectory() === true)
    throw refused(`${path} is a directory`, `name a file in it: ${join(path, 'results.jsonl')}`)
  // A device or a pipe holds nothing.
  if (there !== null && !there.isFile()) return
  if (there === null) await requireFolder(dirname(await realpath(path).catch(() => path)))
  const job = await jobThatUses(path, await config.jobs.all(), flow.connectors)
  if (job !== null) throw refused(`${path} is a file of the job ${job}, which reads or writes it`)
  const own = config.ownPlace(await realpath(path).catch(() => path)) ?? config.ownPlace(path)
  if (there === null) {
    if (own === 'a job file') throw refused(`${path} would be ${own}`)
    return
  }
  const noted = await readFile(await notePath(path, config.ownDir), 'utf8').catch(() => null)
  if (noted !== null && noted === (await digest(path))) return
  if (own !== null) throw refused(`${path} is ${own}`)
  if (force || there.size === 0) return
  throw refused(
    `${path} is there, and is not as this command has written it`,
    'name another file, or add --force to write over it',
  )
}

/** A note of what was written, so that it may be written over for as long as nobody has changed it. */
export async function noteOwnFile(path: string, { config }: Pick<Project, 'config'>): Promise<void> {
  try {
    if (!(await stat(path)).isFile()) return
    const note = await notePath(path, config.ownDir)
    makePrivateFolder(dirname(note))
    await writeFile(note, await digest(path), { mode: privateFile })
  } catch {
    // A project that cannot be written: --force is asked for the next time.
  }
}

async function requireFolder(folder: string): Promise<void> {
  const there = await stat(folder).catch(() => null)
  if (there === null)
    throw refused(`the folder ${folder} is not there`, 'make the folder first, or name a file in another one')
  if (!there.isDirectory()) throw refused(`${folder} is a file, and no folder`)
  await access(folder, constants.W_OK).catch(() => {
    throw refused(
      `the folder ${folder} cannot be written`,
      'name a file in another one, or change its rights',
    )
  })
}

async function notePath(path: string, ownDir: string): Promise<string> {
  const target = existsSync(path) ? await realpath(path) : path
  return join(
    ownDir,
    'written',
    `${hash('sha256', target, 'hex').slice(0, 32)}.${basename(target).slice(0, 64)}`,
  )
}

async function digest(path: string): Promise<string> {
  const made = createHash('sha256')
  await pipeline(createReadStream(path), made)
  return made.digest('hex')
}

function refused(what: string, fix = 'name another file'): OffpeakError {
  return new OffpeakError('E_USAGE', what, { fix })
}
