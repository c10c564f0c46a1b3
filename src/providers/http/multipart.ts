import { createHash } from 'node:crypto'
import type { ClientRequest } from 'node:http'
import { open, type FileHandle } from 'node:fs/promises'
import { OffpeakError } from '../../domain/errors.ts'
import type { InputFile } from '../../ports/provider/batch-service.ts'
import { diskError } from '../../domain/disk-fault.ts'

/** 256 KiB pieces keep the socket busy; larger ones only cost memory. */
const pieceBytes = 262_144

/** Everything of a multipart body but the file's own bytes. */
export interface Multipart {
  readonly contentType: string
  readonly contentLength: number
  readonly head: Buffer
  readonly tail: Buffer
}

/**
 * Frames one file and its fields as multipart/form-data (RFC 7578).
 *
 * The boundary derives from the name: a JSONL line starts with `{`, so no line can look like a boundary.
 */
export function multipart(
  file: InputFile,
  fields: Readonly<Record<string, string>>,
  fileType: string,
): Multipart {
  const boundary = `offpeak-${createHash('sha256').update(file.filename).digest('hex').slice(0, 32)}`
  const parts = Object.entries(fields).map(
    ([name, value]) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${quoted(name)}"\r\n\r\n${value}\r\n`,
  )
  const last = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${quoted(file.filename)}"\r\nContent-Type: ${fileType}\r\n\r\n`
  const head = Buffer.from(parts.join('') + last)
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`)
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    contentLength: head.length + file.bytes + tail.length,
    head,
    tail,
  }
}

function quoted(text: string): string {
  return text.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

/**
 * Writes head, file and tail to the request as fast as the socket takes them, in constant memory.
 *
 * Ends early without an error when the request is over, because its answer or failure is told elsewhere. Throws
 * E_STATE_CORRUPT when the file is not there or not as long as announced, E_DISK when it cannot be read.
 */
export async function sendFile(
  request: ClientRequest,
  form: Multipart,
  file: InputFile,
  progress: () => void,
): Promise<void> {
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
    let left: Promise<boolean> = send(request, form.head, progress, over)
    let position = 0
    for (let turn = 0; position < file.bytes; turn += 1) {
      const buffer = buffers[turn % 2 === 0 ? 0 : 1]
      const length = Math.min(pieceBytes, file.bytes - position)
      const { bytesRead } = await handle.read(buffer, 0, length, position)
      if (bytesRead === 0) throw changed(file, position)
      position += bytesRead
      if (!(await left)) return
      left = send(request, buffer.subarray(0, bytesRead), progress, over)
    }
    if (!(await left)) return
    request.end(form.tail)
  } catch (thrown) {
    if (thrown instanceof OffpeakError) throw thrown
    throw diskError('the request file could not be read', thrown, {
      where: file.path,
    })
  } finally {
    await handle.close()
  }
}

async function openExact(file: InputFile): Promise<FileHandle> {
  let handle: FileHandle
  try {
    handle = await open(file.path, 'r')
  } catch (thrown) {
    throw new OffpeakError('E_STATE_CORRUPT', 'the request file that was to be uploaded is not there', {
      where: file.path,
      cause: thrown,
    })
  }
  const { size } = await handle.stat()
  if (size === file.bytes) return handle
  await handle.close()
  throw changed(file, size)
}

function changed(file: InputFile, foundBytes: number): OffpeakError {
  return new OffpeakError(
    'E_STATE_CORRUPT',
    `the request file has ${foundBytes} bytes instead of ${file.bytes}`,
    { where: file.path },
  )
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
