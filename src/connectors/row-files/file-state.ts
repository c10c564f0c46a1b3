import { stat } from 'node:fs/promises'
import { OffpeakError, messageOf } from '../../domain/errors.ts'
import { noFile } from '../file-faults.ts'

/** A file as it is at one moment. */
export interface FileState {
  readonly bytes: number
  /** Size and time of the last change: what a file that was put back has again. */
  readonly mark: string
  /** The mark, and which file it is that lies at the path. */
  readonly text: string
}

/** E_SOURCE_FILE for what is no file. */
export async function fileState(file: string): Promise<FileState> {
  const stats = await stat(file, { bigint: true })
  const reason = noFile(stats)
  if (reason !== null) throw fileError(file, reason)
  const mark = `${stats.size}:${stats.mtimeNs}`
  return { bytes: Number(stats.size), mark, text: `${mark}:${stats.ino}` }
}

/** E_SOURCE_CHANGED where the file is no longer as it was. Asked after bytes were read and before they are used. */
export async function requireUnchanged(file: string, { text }: FileState): Promise<void> {
  if ((await fileState(file)).text !== text) throw fileChanged(file, 'while it was read')
}

/** A file of which two versions would be mixed. */
export function fileChanged(file: string, when: string): OffpeakError {
  return new OffpeakError(
    'E_SOURCE_CHANGED',
    `${file} has changed ${when}; nothing of the new content is used`,
    {
      where: file,
      fix: 'let nothing write to it while it is read. Put it back as it was, with its time of change, and `offpeak resume` goes on with a run; or end the run by `offpeak cancel` and start a new one: what is merged already is not paid again',
    },
  )
}

/** By what was thrown, or a reason in words. */
export function fileError(file: string, cause: unknown): OffpeakError {
  const code: unknown = cause instanceof Error ? Reflect.get(cause, 'code') : undefined
  const reason =
    typeof cause === 'string'
      ? cause
      : code === 'ENOENT'
        ? 'does not exist'
        : `cannot be read: ${messageOf(cause)}`
  return new OffpeakError('E_SOURCE_FILE', `The file ${file} ${reason}`, {
    where: file,
    fix: 'Correct the path in the job, or put the file there.',
    cause,
  })
}
