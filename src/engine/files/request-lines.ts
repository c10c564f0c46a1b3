import { OffpeakError } from '../../domain/errors.ts'
import type { Line } from '../../planning/text/split-lines.ts'
import { bytesOf, requestFile } from './durable-file.ts'
import { lineGroups, maxRequestLineBytes } from './file-lines.ts'

/** The lines of a request file, in small groups as `lineGroups` has them. Throws E_DISK when it is not there. */
export async function* requestLines(filesDir: string, tag: string): AsyncGenerator<readonly Line[]> {
  const path = requestFile(filesDir, tag)
  if ((await bytesOf(path)) === null) throw lost(path, 'is not there')
  yield* lineGroups(path, 0, maxRequestLineBytes)
}

/** Throws E_DISK when the request file is not there whole. */
export async function checkRequestFile(filesDir: string, tag: string, bytes: number): Promise<void> {
  const path = requestFile(filesDir, tag)
  const found = await bytesOf(path)
  if (found === null) throw lost(path, 'is not there')
  if (found !== bytes) throw lost(path, `has ${found} bytes instead of ${bytes}`)
}

function lost(path: string, how: string): OffpeakError {
  return new OffpeakError('E_DISK', `a request file that was to be sent ${how}`, {
    where: path,
    fix: 'put it back, and the run continues; else `offpeak cancel <run> --unsent` drops what was not sent, unpaid, and `offpeak run <job>` asks for it',
  })
}
