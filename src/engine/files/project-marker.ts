import {
  closeSync,
  constants,
  copyFileSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { messageOf, OffpeakError } from '../../domain/errors.ts'
import type { ProjectMarker } from '../../ports/store/runs.ts'
import type { Flow } from '../flow.ts'
import { diskError } from '../../domain/disk-fault.ts'

const marker = z.object({
  schema: z.literal('offpeak.project/1'),
  project: z.string().min(1),
  directory: z.string().min(1),
})

const idLength = 12

/** The file in the files directory that says which project and which directory it is. */
export function markerFile(filesDir: string): string {
  return join(filesDir, 'project.json')
}

/** The marker of a files directory; null: it has none, or is not there. Throws E_FILES for one that cannot be read. */
export function readMarker(filesDir: string): ProjectMarker | null {
  const path = markerFile(filesDir)
  try {
    const { project, directory } = marker.parse(JSON.parse(readFileSync(path, 'utf8')))
    return { project, directory }
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return null
    if (codeOf(thrown) === 'ENOTDIR')
      throw new OffpeakError('E_FILES', 'there is no directory where the files of the project belong', {
        where: filesDir,
        fix: 'move what lies there away and put the directory back, or name it as `files` in offpeak.config.ts; if it is lost for good, move that away and run `offpeak clean --adopt-files`',
        cause: thrown,
      })
    throw new OffpeakError(
      'E_FILES',
      `the marker of the files directory cannot be read: ${thrown instanceof z.ZodError ? 'it does not name a project' : messageOf(thrown)}`,
      {
        where: path,
        fix: 'restore it, or delete it and run `offpeak clean --adopt-files`, which writes it again',
        cause: thrown,
      },
    )
  }
}

/**
 * The marker of a files directory, written durably unless it has one. Returns the one that it has then, which may be
 * that of a process that was quicker. Throws E_DISK and E_FILES.
 */
export function writeMarker(filesDir: string, { project, directory }: ProjectMarker): ProjectMarker {
  const path = markerFile(filesDir)
  const temporary = `${path}.${process.pid}.tmp`
  try {
    mkdirSync(filesDir, { recursive: true, mode: 0o700 })
    const file = openSync(temporary, 'w', 0o600)
    try {
      writeSync(file, `${JSON.stringify({ schema: 'offpeak.project/1', project, directory })}\n`)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    nameNew(temporary, path)
    const folder = openSync(filesDir, 'r')
    try {
      fsyncSync(folder)
    } finally {
      closeSync(folder)
    }
  } catch (thrown) {
    if (codeOf(thrown) !== 'EEXIST')
      throw diskError('the files directory cannot be written', thrown, {
        where: path,
        fix: 'make the directory writable, or name another one as `files` in offpeak.config.ts',
      })
  } finally {
    rmSync(temporary, { force: true })
  }
  return readMarker(filesDir) ?? { project, directory }
}

type Files = Pick<Flow, 'store' | 'filesDir'>

/**
 * The check that this process sees the directory in which the files of its state lie; the first process that works on a
 * state gives the directory its marker. Returns the id to go on checking with. Throws E_FILES and E_DISK.
 */
export async function claimFilesDirectory({
  store,
  filesDir,
  random,
}: Files & Pick<Flow, 'random'>): Promise<string> {
  const noted = await store.filesDirectory()
  if (noted === null) {
    const own = { project: store.projectId, directory: random.id(idLength) }
    const { project, directory } = readMarker(filesDir) ?? writeMarker(filesDir, own)
    if (project === store.projectId) await store.noteFilesDirectory(directory, false)
  }
  const directory = noted ?? (await store.filesDirectory()) ?? ''
  checkFilesDirectory({ store, filesDir }, directory)
  return directory
}

/** Whether the directory is still the one of that id. Throws E_FILES when it is not there, or is another one. */
export function checkFilesDirectory({ store, filesDir }: Files, directory: string): void {
  const found = readMarker(filesDir)
  if (found?.project === store.projectId && found.directory === directory) return
  throw new OffpeakError(
    'E_FILES',
    `this process does not see the files of the project: ${differs(found, store.projectId)}`,
    {
      where: filesDir,
      fix: 'mount the directory in which the other processes of this state keep their files, or name it as `files` in offpeak.config.ts; if it is lost for good, run `offpeak clean --adopt-files` where this one is to take its place',
    },
  )
}

/**
 * The change of a state's directory to the one that this process sees, because the one before is lost. Throws E_FILES,
 * E_DISK.
 */
export async function adoptFilesDirectory({
  store,
  filesDir,
  random,
}: Files & Pick<Flow, 'random'>): Promise<ProjectMarker> {
  const found = writeMarker(filesDir, { project: store.projectId, directory: random.id(idLength) })
  if (found.project !== store.projectId)
    throw new OffpeakError('E_FILES', `the directory holds the files of project ${found.project}`, {
      where: filesDir,
      fix: 'name a directory of its own for this project as `files` in offpeak.config.ts, and run `offpeak clean --adopt-files` again',
    })
  await store.noteFilesDirectory(found.directory, true)
  return found
}

function differs(found: ProjectMarker | null, projectId: string): string {
  if (found === null) return 'its files directory has no project.json'
  return found.project === projectId
    ? 'its files directory is another one than that of the state'
    : `its files directory is that of project ${found.project}, and the state is that of ${projectId}`
}

/** Gives a file its name unless there is one of that name; not every network file system knows links. */
function nameNew(from: string, to: string): void {
  try {
    linkSync(from, to)
  } catch (thrown) {
    if (codeOf(thrown) === 'EEXIST') throw thrown
    copyFileSync(from, to, constants.COPYFILE_EXCL)
  }
}

function codeOf(thrown: unknown): unknown {
  return Reflect.get(Object(thrown), 'code')
}
