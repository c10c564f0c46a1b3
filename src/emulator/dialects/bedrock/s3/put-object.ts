import { createHash, randomBytes } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { crc32 } from 'node:zlib'
import { isDiskFault, privateFile } from '../../../core/disk.ts'
import { Refusal } from '../../../core/errors.ts'
import type { Reply } from '../../../core/http/reply.ts'
import { dropFile } from '../../../core/http/stored-file.ts'
import type { BedrockCall } from '../call.ts'
import { unchunked } from './chunked.ts'
import { fileOf, requireBucket } from './objects.ts'

/** AWS document, S3 API reference, PutObject: "a single operation … up to 5 GB". */
const maxObjectBytes = 5 * 1024 ** 3
/** AWS document, "Naming Amazon S3 objects". */
const maxKeyBytes = 1024

/** PutObject: the object is there when all of it has come and its checksum is right; an earlier one of this key is gone. */
export async function putObject(call: BedrockCall): Promise<Reply> {
  const { state, id: key, query } = call
  requireBucket(call)
  if (query.has('uploadId') || query.has('partNumber'))
    throw new Refusal(501, { message: 'This emulator takes objects whole: PutObject, up to 5 GB.' })
  if (Buffer.byteLength(key) > maxKeyBytes)
    throw new Refusal(400, { message: 'Your key is too long', code: 'KeyTooLongError' })
  const temporary = state.temporaryPath(`s3-${randomBytes(8).toString('hex')}`)
  try {
    const { bytes, md5, crc } = await receive(call.request, temporary)
    const id = `${md5}${randomBytes(8).toString('hex')}`
    const earlier = fileOf(call, key)
    if (earlier && call.request.headers['if-none-match'] === '*')
      throw new Refusal(412, {
        message: 'At least one of the pre-conditions you specified did not hold',
        code: 'PreconditionFailed',
      })
    await rename(temporary, state.filePath(id))
    const nowMs = state.clock.nowMs()
    await state.putFile({
      id,
      profile: call.profile,
      filename: key,
      bytes,
      purpose: 'object',
      createdAtMs: nowMs,
      expiresAtMs: Number.MAX_SAFE_INTEGER,
      processedAtMs: nowMs,
      maker: call.maker,
      resultOf: null,
    })
    if (earlier) await dropFile(state, earlier.id)
    return {
      status: 200,
      headers: { etag: `"${md5}"`, 'x-amz-checksum-crc32': crc, 'x-amz-checksum-type': 'FULL_OBJECT' },
      body: '',
    }
  } catch (error) {
    await rm(temporary, { force: true })
    if (isDiskFault(error))
      throw new Refusal(500, { message: 'The emulator cannot keep the object: its disk is full.' })
    throw error
  }
}

interface Received {
  readonly bytes: number
  readonly md5: string
  /** As AWS writes it: base64 of the four bytes. */
  readonly crc: string
}

async function receive(request: IncomingMessage, path: string): Promise<Received> {
  const { headers } = request
  const chunked = String(headers['x-amz-content-sha256'] ?? '').startsWith('STREAMING-')
  const trailers = new Map<string, string>()
  // What is refused early is read to its end by whoever answers, so that the answer is not a cut connection.
  const raw: AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false })
  const content = chunked ? unchunked(raw, trailers) : raw
  const digest = createHash('md5')
  let bytes = 0
  let crc = 0
  const file = await open(path, 'w', privateFile)
  try {
    for await (const piece of content) {
      bytes += piece.length
      if (bytes > maxObjectBytes)
        throw new Refusal(400, {
          message: 'Your proposed upload exceeds the maximum allowed size',
          code: 'EntityTooLarge',
        })
      digest.update(piece)
      crc = crc32(piece, crc)
      await file.write(piece)
    }
    await file.sync()
  } finally {
    await file.close()
  }
  const received = { bytes, md5: digest.digest('hex'), crc: base64Of(crc) }
  checkReceived(received, headers, trailers)
  return received
}

function base64Of(crc: number): string {
  const four = Buffer.alloc(4)
  four.writeUInt32BE(crc)
  return four.toString('base64')
}

function checkReceived(
  { bytes, crc, md5 }: Received,
  headers: IncomingMessage['headers'],
  trailers: ReadonlyMap<string, string>,
): void {
  const promised = headers['x-amz-decoded-content-length']
  if (promised !== undefined && Number(promised) !== bytes)
    throw new Refusal(400, {
      message: 'You did not provide the number of bytes specified by the Content-Length HTTP header.',
      code: 'IncompleteBody',
    })
  const checksum = headers['x-amz-checksum-crc32'] ?? trailers.get('x-amz-checksum-crc32')
  const wrong = checksum !== undefined && checksum !== crc
  const wrongMd5 =
    headers['content-md5'] !== undefined &&
    headers['content-md5'] !== Buffer.from(md5, 'hex').toString('base64')
  if (wrong || wrongMd5)
    throw new Refusal(400, {
      message: `The ${wrong ? 'CRC32' : 'Content-MD5'} you specified did not match what we received.`,
      code: 'BadDigest',
    })
}
