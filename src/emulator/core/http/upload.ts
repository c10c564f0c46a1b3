import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Busboy } from '@fastify/busboy'
import { Refusal, badRequest } from '../errors.ts'
import { isDiskFault, privateFile } from '../disk.ts'

/** OpenAI's own message names this number of bytes (200 MiB) as the maximum of a batch input file. */
export const maxBatchFileBytes = 209_715_200

/** How much of the beginning is kept to look at the first line. */
const keptHeadBytes = 1_048_576

export interface Upload {
  readonly filename: string | null
  readonly bytes: number
  readonly head: Buffer
  readonly fields: ReadonlyMap<string, string>
  /** The fields that came before the file, by name: some services read no others. */
  readonly fieldsBefore: ReadonlySet<string>
}

/**
 * The `file` part of a multipart body, streamed to `path`; fields may come before or after it. A file above the maximum
 * is read to its end but not kept; the caller refuses it.
 */
export async function receiveUpload(
  request: IncomingMessage,
  path: string,
  maxBytes: number = maxBatchFileBytes,
): Promise<Upload> {
  const contentType = request.headers['content-type'] ?? ''
  if (!contentType.toLowerCase().startsWith('multipart/form-data')) {
    throw new Refusal(415, {
      message: `Unsupported Content-Type '${contentType}'. Files are sent as multipart/form-data.`,
    })
  }
  const fields = new Map<string, string>()
  const fieldsBefore = new Set<string>()
  const head: Buffer[] = []
  let filename: string | null = null
  let bytes = 0
  let headBytes = 0
  const stored: Promise<void>[] = []

  const parser = multipartParser(request, contentType)
  parser.on('field', (name, value) => {
    fields.set(name, value)
    if (filename === null) fieldsBefore.add(name)
  })
  parser.on('file', (name, stream, givenName) => {
    if (name !== 'file' || stored.length > 0) {
      stream.resume()
      return
    }
    filename = givenName ?? ''
    const keep = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        bytes += chunk.length
        if (headBytes < keptHeadBytes) {
          const piece = Buffer.from(chunk.subarray(0, keptHeadBytes - headBytes))
          head.push(piece)
          headBytes += piece.length
        }
        if (bytes > maxBytes) done()
        else done(null, chunk)
      },
    })
    const storing = pipeline(stream, keep, createWriteStream(path, { flush: true, mode: privateFile }))
    // The error is awaited below; without this line a cut connection would be an unhandled rejection.
    storing.catch(() => undefined)
    stored.push(storing)
  })

  try {
    await pipeline(request, parser)
    await Promise.all(stored)
  } catch (error) {
    await rm(path, { force: true })
    if (request.destroyed && !request.complete) throw error
    if (isDiskFault(error))
      throw new Refusal(500, { message: 'The emulator cannot keep the file: its disk is full.' })
    throw badRequest('Could not parse multipart form.')
  }
  return { filename, bytes, head: Buffer.concat(head), fields, fieldsBefore }
}

/** A multipart body without a boundary is the caller's mistake. */
function multipartParser(request: IncomingMessage, contentType: string): InstanceType<typeof Busboy> {
  try {
    return new Busboy({ headers: { ...request.headers, 'content-type': contentType } })
  } catch {
    throw badRequest('Could not parse multipart form.')
  }
}
