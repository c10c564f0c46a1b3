import type { IncomingMessage } from 'node:http'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { messageOf, OffpeakError } from '../domain/errors.ts'
import { giveBack } from '../planning/give-back.ts'

export interface Saved {
  readonly bytes: number
}

/** Small pieces are gathered to this size before they are written. */
const writeBytes = 1_048_576

/**
 * Streams a body into `path`: into `path.part` first, synced, then renamed and the folder synced, so that a file of
 * that name is always whole.
 *
 * Throws E_DISK when the machine cannot keep it; any other error is the connection's. The unfinished part is removed.
 */
export async function saveBody(
  response: IncomingMessage,
  path: string,
  progress: () => void,
): Promise<Saved> {
  const part = `${path}.part`
  try {
    const saved = await writePart(response, part, progress)
    await onDisk(path, async () => {
      await rename(part, path)
      await syncFolder(dirname(path))
    })
    return saved
  } catch (thrown) {
    await rm(part, { force: true })
    throw thrown
  }
}

async function writePart(response: IncomingMessage, part: string, progress: () => void): Promise<Saved> {
  let bytes = 0
  let held: Buffer[] = []
  let heldBytes = 0
  const file = await onDisk(part, () => open(part, 'w'))
  const flush = async (): Promise<void> => {
    const pieces = held
    held = []
    heldBytes = 0
    await onDisk(part, async () => {
      const { bytesWritten } = await file.writev(pieces)
      const expected = pieces.reduce((sum, piece) => sum + piece.length, 0)
      if (bytesWritten !== expected) await file.writeFile(Buffer.concat(pieces).subarray(bytesWritten))
    })
    for (const piece of pieces) giveBack(piece)
  }
  try {
    for await (const piece of response as AsyncIterable<Buffer>) {
      progress()
      bytes += piece.length
      held.push(piece)
      heldBytes += piece.length
      if (heldBytes >= writeBytes) await flush()
    }
    if (held.length > 0) await flush()
    refuseShort(response, bytes)
    await onDisk(part, () => file.sync())
  } finally {
    await file.close()
  }
  return { bytes }
}

/** Node ends a body that is shorter than announced with an error; this holds even where it would not. */
function refuseShort(response: IncomingMessage, bytes: number): void {
  const announced = response.headers['content-length']
  if (announced !== undefined && Number(announced) !== bytes) {
    throw new Error(`the body ended after ${bytes} of ${announced} bytes`)
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

async function onDisk<Value>(path: string, act: () => Promise<Value>): Promise<Value> {
  try {
    return await act()
  } catch (thrown) {
    throw new OffpeakError('E_DISK', `the download could not be kept: ${messageOf(thrown)}`, {
      where: path,
      fix: 'make room or mend the folder, then run again; the file is still at the provider',
      cause: thrown,
    })
  }
}
