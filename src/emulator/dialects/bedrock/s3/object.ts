import { Refusal } from '../../../core/errors.ts'
import { downloadReply } from '../../../core/http/download.ts'
import { readRange } from '../../../core/http/range.ts'
import type { Reply } from '../../../core/http/reply.ts'
import { dropFile } from '../../../core/http/stored-file.ts'
import type { BedrockCall } from '../call.ts'
import { dropManifest } from '../jobs/manifest.ts'
import { type StoredObject, objects, requireBucket, requireObject } from './objects.ts'

const contentType = 'binary/octet-stream'

export function headBucket(call: BedrockCall): Reply {
  requireBucket(call)
  return { status: 200, headers: { 'x-amz-bucket-region': 'us-east-1' }, body: '' }
}

/** GetObject, whole or one range of it; `If-Match` and `If-None-Match` by ETag. */
export async function getObject(call: BedrockCall): Promise<Reply> {
  const object = requireObject(call)
  const headers = headersOf(object)
  const same = condition(call, object)
  if (same) return { status: 304, headers, body: '' }
  const { content } = object
  if ('file' in content)
    return downloadReply(call, content.file, contentType, { etag: `"${object.etag}"`, headers })
  const range = readRange(call.request.headers, `"${object.etag}"`, object.bytes)
  if (range === 'unsatisfiable') throw new Refusal(416, { message: 'The requested range is not satisfiable' })
  if (range === null) return { status: 200, headers, body: content.text }
  return {
    status: 206,
    headers: { ...headers, 'content-range': `bytes ${range.start}-${range.end}/${object.bytes}` },
    body: Buffer.from(content.text)
      .subarray(range.start, range.end + 1)
      .toString('utf8'),
  }
}

export function headObject(call: BedrockCall): Reply {
  const object = requireObject(call)
  const headers = headersOf(object)
  if (condition(call, object)) return { status: 304, headers, body: '' }
  // Nothing follows, and the length is that of what would.
  return { status: 200, headers: { ...headers, 'content-length': String(object.bytes) }, body: '' }
}

/** True: what the caller has is what there is. Throws a 412 where it is to be, and is not. */
function condition({ request }: BedrockCall, { etag }: StoredObject): boolean {
  const match = request.headers['if-match']
  if (match !== undefined && match.replaceAll('"', '') !== etag)
    throw new Refusal(412, {
      message: 'At least one of the pre-conditions you specified did not hold',
      code: 'PreconditionFailed',
    })
  return request.headers['if-none-match']?.replaceAll('"', '') === etag
}

function headersOf({ etag, modifiedAtMs }: StoredObject): Readonly<Record<string, string>> {
  return {
    'content-type': contentType,
    'accept-ranges': 'bytes',
    etag: `"${etag}"`,
    'last-modified': new Date(modifiedAtMs).toUTCString(),
  }
}

/** DeleteObject: what is not there is deleted as well. */
export async function deleteObject(call: BedrockCall): Promise<Reply> {
  requireBucket(call)
  const found = objects(call).find(({ key }) => key === call.id)
  if (found) {
    if ('file' in found.content) await dropFile(call.state, found.content.file.id)
    else await dropManifest(call.state, found.key)
  }
  return { status: 204, headers: {}, body: '' }
}
