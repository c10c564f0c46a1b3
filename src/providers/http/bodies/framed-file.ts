import type { ClientRequest } from 'node:http'
import { open, type FileHandle } from 'node:fs/promises'
import { OffpeakError } from '../../../domain/errors.ts'
import type { InputFile } from '../../../ports/provider/batch-service.ts'
import { diskError } from '../../../domain/disk-fault.ts'
import { lostRequestFile } from '../../../engine/files/file-lines.ts'

/** 256 KiB pieces keep the socket busy; larger ones only cost memory. */
const pieceBytes = 262_144

/** A request body that is a file with something before and behind it. */
export interface FramedFile {
  readonly contentType: string
  readonly contentLength: number
  readonly head: Buffer
  readonly file: InputFile
  readonly tail: Buffer
  /** The byte that stands for each line feed between two lines; null: the file is sent as it is. */
  readonly lineBreak: number | null
}

/** The lines of a file, each of them JSON, as the list that stands between `before` and `after` in a JSON text. */
export function jsonList(file: InputFile, before: string, after: string): FramedFile {
  const [head, tail] = [Buffer.from(before), Buffer.from(after)]
  const contentLength = head.length + file.bytes + tail.length
  return { contentType: 'application/json', contentLength, head, file, tail, lineBreak: 0x2c }
}

/**
 * The transfer of head, file and tail to the request, as fast as the socket takes them, in constant memory.
 *
 * Ends early without an error when the request is over, because its answer or failure is told elsewhere. Throws
 * E_DISK when the file is not there, not as long as announced, or cannot be read.
 */
export async function sendFile(
  request: ClientRequest,
  framed: FramedFile,
  progress: () => void,
): Promise<void> {
  const { file, lineBreak } = framed
  let answered = false
  request.once('response', () => {
    answered = true
  })
  // A service that answers before it has read everything has made up its mind.
  const over = (): boolean => answered || request.destroyed
  const handle = await openExact(file)
  try {
    // Two buffers in turn: one is read while the other leaves, and neither is touched before it has left.
    const buffers = [Buffer.allocUnsafeSlow(pieceBytes), Buffer.allocUnsafeSlow(pieceBytes)] as const
    let left: Promise<boolean> = send(request, framed.head, progress, over)
    let position = 0
    for (let turn = 0; position < file.bytes; turn += 1) {
      const buffer = buffers[turn % 2 === 0 ? 0 : 1]
      const length = Math.min(pieceBytes, file.bytes - position)
      const { bytesRead } = await handle.read(buffer, 0, length, position)
      if (bytesRead === 0) throw changed(file, position)
      position += bytesRead
      if (lineBreak !== null) replaceBreaks(buffer.subarray(0, bytesRead), lineBreak, position === file.bytes)
      if (!(await left)) return
      left = send(request, buffer.subarray(0, bytesRead), progress, over)
    }
    if (!(await left)) return
    request.end(framed.tail)
  } catch (thrown) {
    if (thrown instanceof OffpeakError) throw thrown
    throw diskError('the request file could not be read', thrown, {
      where: file.path,
    })
  } finally {
    await handle.close()
  }
}

const lineFeed = 0x0a
const blank = 0x20

/** The last line feed ends the file and separates nothing. */
function replaceBreaks(piece: Buffer, by: number, isLast: boolean): void {
  if (isLast && piece.at(-1) === lineFeed) piece[piece.length - 1] = blank
  for (let at = piece.indexOf(lineFeed); at !== -1; at = piece.indexOf(lineFeed, at + 1)) piece[at] = by
}

/** The file as it was announced. Throws E_DISK when it is not there or not as long. */
export async function openExact(file: InputFile): Promise<FileHandle> {
  let handle: FileHandle
  try {
    handle = await open(file.path, 'r')
  } catch (thrown) {
    if (Reflect.get(Object(thrown), 'code') === 'ENOENT') throw lostRequestFile(file.path, 'is not there')
    throw diskError('a request file cannot be read', thrown, { where: file.path })
  }
  const { size } = await handle.stat()
  if (size === file.bytes) return handle
  await handle.close()
  throw changed(file, size)
}

function changed(file: InputFile, foundBytes: number): OffpeakError {
  return lostRequestFile(file.path, `has ${foundBytes} bytes instead of ${file.bytes}`)
}

/** Resolves when the piece has left for the kernel; false when the request is over. */
function send(
  request: ClientRequest,
  piece: Buffer,
  progress: () => void,
  over: () => boolean,
): Promise<boolean> {
  return new Promise((resolve) => {
    if (over()) return resolve(false)
    const done = (): void => {
      request.off('close', done).off('response', done)
      progress()
      resolve(!over())
    }
    request.on('close', done).on('response', done)
    request.write(piece, done)
  })
}
