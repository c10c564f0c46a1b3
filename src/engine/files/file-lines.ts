import { openFile } from '../open-file.ts'
import { type Line, lineSplitter } from '../../planning/text/split-lines.ts'
import { OffpeakError } from '../../domain/errors.ts'
import { bytesOf, requestFile } from './durable-file.ts'

const chunkBytes = 1024 * 1024
/** Little enough that what is made of a group can be collected while it is young. */
const groupBytes = 256 * 1024
/** A line of a request file is never longer than a file may be. */
export const maxRequestLineBytes = 256 * 1024 * 1024

/**
 * The lines of a stored file from an offset on, in small groups: flat memory, split at 0x0A only. The bytes of
 * a group are valid until the next one is asked for.
 */
export async function* lineGroups(
  path: string,
  offset = 0,
  maxLineBytes?: number,
): AsyncGenerator<readonly Line[]> {
  await using file = await openFile(path, 'r')
  const buffer = Buffer.allocUnsafe(chunkBytes)
  let group: Line[] = []
  const splitter = lineSplitter((line) => group.push(line), {
    offset,
    ...(maxLineBytes === undefined ? {} : { maxLineBytes }),
  })
  for (let at = offset; ;) {
    const { bytesRead } = await file.read(buffer, 0, chunkBytes, at)
    if (bytesRead === 0) break
    at += bytesRead
    for (let from = 0; from < bytesRead; from += groupBytes) {
      splitter.push(buffer.subarray(from, Math.min(bytesRead, from + groupBytes)))
      if (group.length > 0) yield group
      group = []
    }
  }
  splitter.end()
  if (group.length > 0) yield group
}

/** Whether a request file that is lost had been sent: what can be done without it depends on that. */
type Sending = 'unsent' | 'sent'

const withoutIt: Readonly<Record<Sending, string>> = {
  unsent:
    '`offpeak cancel <run> --unsent` drops what was not sent, unpaid, and `offpeak run <job>` asks for it',
  sent: '`offpeak cancel <run>` ends the run with what is merged, and `offpeak run <job>` asks for the rest',
}

/** E_DISK: a request file is not as it was written, told by what it is or has: `is not there`. */
export function lostRequestFile(path: string, how: string, sending: Sending = 'unsent'): OffpeakError {
  return new OffpeakError(
    'E_DISK',
    `a request file that was ${sending === 'sent' ? 'sent' : 'to be sent'} ${how}`,
    { where: path, fix: `put it back, and the run continues; else ${withoutIt[sending]}` },
  )
}

/** The lines of a request file, in small groups as `lineGroups` has them. Throws E_DISK when it is not there. */
export async function* requestLines(filesDir: string, tag: string): AsyncGenerator<readonly Line[]> {
  const path = requestFile(filesDir, tag)
  if ((await bytesOf(path)) === null) throw lostRequestFile(path, 'is not there')
  yield* lineGroups(path, 0, maxRequestLineBytes)
}

/** The check that a request file is there whole: throws E_DISK when it is not. */
export async function checkRequestFile(filesDir: string, tag: string, bytes: number): Promise<void> {
  const path = requestFile(filesDir, tag)
  const found = await bytesOf(path)
  if (found === null) throw lostRequestFile(path, 'is not there')
  if (found !== bytes) throw lostRequestFile(path, `has ${found} bytes instead of ${bytes}`)
}
