import { createReadStream, createWriteStream } from 'node:fs'
import { createHash } from 'node:crypto'
import { rename, rm, truncate, writeFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { isDiskFault, privateFile } from '../../../core/disk.ts'
import { originOf } from '../../../core/http/call.ts'
import { type Reply, jsonReply } from '../../../core/http/reply.ts'
import { type JsonObject, isObject, textIn } from '../../../core/json.ts'
import type { FileRecord, Maker } from '../../../core/records.ts'
import type { State } from '../../../core/state.ts'
import { refuse } from '../errors.ts'
import { newFileId, newUploadId } from '../ids.ts'
import { readBodyMessage } from '../json/read-message.ts'
import { uploadPath } from '../paths.ts'
import type { GeminiCall } from './call.ts'
import { fileObject } from './files.ts'

/** Gemini document, Files API: 2 GB each, 48 hours. */
const maxFileBytes = 2 * 1024 * 1024 * 1024
const fileLifeMs = 48 * 3_600_000
/** Every piece but the last is a multiple of this. */
const granularityBytes = 262_144

/** An upload between its start and its end. The service forgets it when it stops. */
interface Upload {
  readonly id: string
  readonly maker: Maker
  readonly fileId: string
  readonly displayName: string
  readonly mimeType: string
  /** What the start has promised; `null` where it has promised nothing. */
  readonly bytes: number | null
  received: number
}

const uploads = new WeakMap<State, Map<string, Upload>>()

function uploadsOf(state: State): Map<string, Upload> {
  const known = uploads.get(state) ?? new Map<string, Upload>()
  uploads.set(state, known)
  return known
}

/** The beginning of a resumable upload: the answer is an address in a header. */
export async function startUpload(call: GeminiCall): Promise<Reply> {
  const { headers } = call.request
  if (headers['x-goog-upload-protocol'] !== 'resumable' || headers['x-goog-upload-command'] !== 'start')
    throw refuse(
      'INVALID_ARGUMENT',
      'This emulator takes resumable uploads alone: X-Goog-Upload-Protocol: resumable, X-Goog-Upload-Command: start.',
    )
  const { file } = readBodyMessage('CreateFileRequest', call.body)
  const wanted: JsonObject = isObject(file) ? file : {}
  const upload: Upload = {
    id: newUploadId(),
    maker: call.maker,
    fileId: readName(call.state, textIn(wanted, 'name')),
    displayName: textIn(wanted, 'displayName'),
    mimeType: headerText(headers['x-goog-upload-header-content-type']) || textIn(wanted, 'mimeType'),
    bytes: readLength(headers['x-goog-upload-header-content-length']),
    received: 0,
  }
  if (upload.bytes !== null && upload.bytes > maxFileBytes)
    throw refuse('INVALID_ARGUMENT', `File size exceeds the limit of ${maxFileBytes} bytes.`)
  await writeFile(temporaryPath(call.state, upload), '', { mode: privateFile })
  uploadsOf(call.state).set(upload.id, upload)
  return {
    status: 200,
    headers: {
      'x-goog-upload-url': `${originOf(call)}${uploadPath}/${upload.id}`,
      'x-goog-upload-status': 'active',
      'x-goog-upload-chunk-granularity': String(granularityBytes),
    },
    body: '',
  }
}

function headerText(value: string | readonly string[] | undefined): string {
  return typeof value === 'string' ? value : ''
}

/** Gemini document, File: up to 40 lower-case letters, digits and dashes, none of them at an end. */
const fileName = /^files\/[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/

function readName(state: State, name: string): string {
  if (name === '') return newFileId()
  if (!fileName.test(name))
    throw refuse('INVALID_ARGUMENT', `* CreateFileRequest.file.name: '${name}' is not a valid file name.\n`)
  const id = name.slice('files/'.length)
  if (state.files.has(id)) throw refuse('ALREADY_EXISTS', `Requested entity already exists: ${name}`)
  return id
}

function readLength(value: string | readonly string[] | undefined): number | null {
  const bytes = Number(headerText(value))
  return headerText(value) === '' || !Number.isInteger(bytes) || bytes < 0 ? null : bytes
}

function temporaryPath(state: State, { id }: Upload): string {
  return state.temporaryPath(`upload-${id}`)
}

/** The bytes of an upload that was started: pieces at their offset, the last of which ends it. */
export async function receiveBytes(call: GeminiCall): Promise<Reply> {
  const { request, state } = call
  const upload = uploadsOf(state).get(call.id)
  if (!upload) throw refuse('NOT_FOUND', 'Upload has already been terminated, or was never started.')
  const commands = headerText(request.headers['x-goog-upload-command'])
    .split(',')
    .map((word) => word.trim())
  if (commands.includes('query')) return uploadReply(upload, 'active')
  if (commands.includes('cancel')) {
    await forget(state, upload)
    return uploadReply(upload, 'cancelled')
  }
  const finalises = commands.includes('finalize')
  if (commands.includes('upload')) await append(call, upload, finalises)
  else if (!finalises) throw refuse('INVALID_ARGUMENT', 'Invalid X-Goog-Upload-Command.')
  if (!finalises) return uploadReply(upload, 'active')
  return finish(call, upload)
}

function uploadReply(upload: Upload, status: 'active' | 'cancelled'): Reply {
  return {
    status: 200,
    headers: {
      'x-goog-upload-status': status,
      'x-goog-upload-size-received': String(upload.received),
    },
    body: '',
  }
}

async function append({ request, state }: GeminiCall, upload: Upload, last: boolean): Promise<void> {
  const offset = Number(headerText(request.headers['x-goog-upload-offset']) || '0')
  if (offset !== upload.received)
    throw refuse('INVALID_ARGUMENT', `Upload request offset is ${offset}, expected ${upload.received}.`)
  const path = temporaryPath(state, upload)
  const bytes = await writeBytes(request, path).catch(async (error: unknown) => {
    await truncate(path, upload.received)
    if (isDiskFault(error)) throw refuse('INTERNAL', 'The emulator cannot keep the file: its disk is full.')
    throw error
  })
  if (upload.received + bytes > maxFileBytes || (!last && bytes % granularityBytes !== 0)) {
    await truncate(path, upload.received)
    throw refuse(
      'INVALID_ARGUMENT',
      `A piece must be a multiple of ${granularityBytes} bytes unless it is the last.`,
    )
  }
  upload.received += bytes
}

async function writeBytes(request: IncomingMessage, path: string): Promise<number> {
  let bytes = 0
  await pipeline(
    request,
    async function* (source: AsyncIterable<Buffer>) {
      for await (const chunk of source) {
        bytes += chunk.length
        yield chunk
      }
    },
    createWriteStream(path, { flags: 'a', flush: true, mode: privateFile }),
  )
  return bytes
}

async function finish(call: GeminiCall, upload: Upload): Promise<Reply> {
  const { state } = call
  if (upload.bytes !== null && upload.bytes !== upload.received)
    throw refuse(
      'INVALID_ARGUMENT',
      `Upload ends after ${upload.received} bytes, and ${upload.bytes} were announced.`,
    )
  const path = temporaryPath(state, upload)
  const sha256 = await digestOf(path)
  const nowMs = state.clock.nowMs()
  const file: FileRecord = {
    id: upload.fileId,
    profile: call.profile,
    filename: upload.displayName,
    bytes: upload.received,
    purpose: 'upload',
    createdAtMs: nowMs,
    expiresAtMs: nowMs + fileLifeMs,
    processedAtMs: nowMs,
    maker: upload.maker,
    details: { mimeType: upload.mimeType, sha256 },
    resultOf: null,
  }
  await rename(path, state.filePath(file.id))
  await state.putFile(file)
  uploadsOf(state).delete(upload.id)
  return jsonReply(200, { file: fileObject(call, file) }, { 'x-goog-upload-status': 'final' })
}

async function forget(state: State, upload: Upload): Promise<void> {
  uploadsOf(state).delete(upload.id)
  await rm(temporaryPath(state, upload), { force: true })
}

async function digestOf(path: string): Promise<string> {
  const digest = createHash('sha256')
  for await (const chunk of createReadStream(path)) if (Buffer.isBuffer(chunk)) digest.update(chunk)
  return digest.digest('hex')
}
