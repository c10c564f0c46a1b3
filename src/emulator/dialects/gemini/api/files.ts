import { isVisible, originOf } from '../../../core/http/call.ts'
import { downloadReply } from '../../../core/http/download.ts'
import { type Reply, jsonReply } from '../../../core/http/reply.ts'
import { dropFile, visibleFile } from '../../../core/http/stored-file.ts'
import { type JsonObject, textIn } from '../../../core/json.ts'
import type { FileRecord } from '../../../core/records.ts'
import { refuse } from '../errors.ts'
import { basePath } from '../paths.ts'
import { type GeminiCall, timestamp } from './call.ts'
import { pageReply } from './page.ts'

/** The file object with the fields of the document; a file of responses has no display name. */
export function fileObject(call: GeminiCall, file: FileRecord): JsonObject {
  const { state } = call
  const time = (ms: number): string => timestamp(ms + state.skewMs())
  const uri = `${originOf(call)}${basePath}/v1beta/files/${file.id}`
  const sha256 = textIn(file.details, 'sha256')
  return {
    name: `files/${file.id}`,
    ...(file.filename === '' || file.resultOf !== null ? {} : { displayName: file.filename }),
    mimeType: textIn(file.details, 'mimeType') || 'application/jsonl',
    sizeBytes: String(file.bytes),
    createTime: time(file.createdAtMs),
    updateTime: time(file.createdAtMs),
    expirationTime: time(file.expiresAtMs),
    // The hex digits in base64, as the service writes them.
    ...(sha256 === '' ? {} : { sha256Hash: Buffer.from(sha256).toString('base64') }),
    uri,
    ...(file.resultOf === null ? {} : { downloadUri: `${uri}:download?alt=media` }),
    state: 'ACTIVE',
    source: file.resultOf === null ? 'UPLOADED' : 'GENERATED',
  }
}

/** A file that is not there is answered as one of somebody else. */
export async function requireFile(call: GeminiCall, id: string): Promise<FileRecord> {
  const file = await visibleFile(call, id)
  if (file && isShown(call, file)) return file
  throw refuse(
    'PERMISSION_DENIED',
    `You do not have permission to access the File ${id} or it may not exist.`,
  )
}

/** What a batch that gives nothing back has written is not there. */
function isShown({ state }: GeminiCall, { resultOf }: FileRecord): boolean {
  return resultOf === null || state.batches.get(resultOf.batchId)?.status === 'completed'
}

export async function retrieveFile(call: GeminiCall): Promise<Reply> {
  return jsonReply(200, fileObject(call, await requireFile(call, call.id)))
}

/** Uploads alone are listed. */
export function listFiles(call: GeminiCall): Reply {
  const { state } = call
  const nowMs = state.clock.nowMs()
  const files = [...state.files.values()]
    .filter((file) => isVisible(call, file) && file.resultOf === null && file.expiresAtMs > nowMs)
    .toReversed()
  return pageReply(call.query, 'files', files, (file) => fileObject(call, file))
}

export async function deleteFile(call: GeminiCall): Promise<Reply> {
  const file = await requireFile(call, call.id)
  await dropFile(call.state, file.id)
  return jsonReply(200, {})
}

/** Only what the service has made itself comes down. */
export async function fileContent(call: GeminiCall): Promise<Reply> {
  const file = await requireFile(call, call.id)
  if (file.resultOf === null)
    throw refuse('INVALID_ARGUMENT', `The file files/${file.id} was uploaded and cannot be downloaded.`)
  if (call.query.get('alt') !== 'media') return jsonReply(200, {})
  return downloadReply(call, file, 'application/jsonl')
}
