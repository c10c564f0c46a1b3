import { randomUUID } from 'node:crypto'
import { rename, rm } from 'node:fs/promises'
import { Refusal, badRequest } from '../../../core/errors.ts'
import { isVisible } from '../../../core/http/call.ts'
import { downloadReply } from '../../../core/http/download.ts'
import { type Reply, jsonReply } from '../../../core/http/reply.ts'
import { dropFile, visibleFile } from '../../../core/http/stored-file.ts'
import { type Upload, receiveUpload } from '../../../core/http/upload.ts'
import type { FileRecord } from '../../../core/records.ts'
import type { XaiCall } from '../call.ts'
import { readLimit, readToken, writeToken } from './page.ts'

/** xAI document, Batch API, "JSONL file upload": 200 MB. */
const maxFileBytes = 209_715_200
/** `@ai-sdk/xai`: `expires_after` in seconds. */
const expiryBounds = { min: 3600, max: 2_592_000 } as const
/** Without `expires_after` a file has no end. */
const never = Number.MAX_SAFE_INTEGER

export async function createFile(call: XaiCall): Promise<Reply> {
  const { state } = call
  const id = `file_${randomUUID()}`
  const temporary = state.temporaryPath(id)
  const upload = await receiveUpload(call.request, temporary, maxFileBytes)
  try {
    const record = accept(call, upload, id)
    await rename(temporary, state.filePath(id))
    await state.putFile(record)
    return jsonReply(200, fileObject(record))
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

function accept({ state, profile, maker }: XaiCall, upload: Upload, id: string): FileRecord {
  const { filename, bytes, fields, fieldsBefore } = upload
  if (filename === null) throw badRequest('file: is missing.')
  // "xAI rejects uploads where expires_after arrives after the file part" (`@ai-sdk/xai`); the wording is our own.
  const late = [...fields.keys()].find((name) => !fieldsBefore.has(name))
  if (late !== undefined) throw badRequest(`${late}: fields come before the file.`)
  if (bytes > maxFileBytes)
    throw new Refusal(413, { message: `The file has ${bytes} bytes, more than ${maxFileBytes}.` })
  const nowMs = state.clock.nowMs()
  return {
    id,
    profile,
    filename,
    bytes,
    purpose: fields.get('purpose') ?? '',
    createdAtMs: nowMs,
    expiresAtMs: expiry(fields.get('expires_after'), nowMs),
    processedAtMs: nowMs,
    maker,
    resultOf: null,
  }
}

function expiry(text: string | undefined, nowMs: number): number {
  if (text === undefined) return never
  const seconds = Number(text)
  const { min, max } = expiryBounds
  if (Number.isInteger(seconds) && seconds >= min && seconds <= max) return nowMs + seconds * 1000
  throw badRequest(`expires_after: must be an integer from ${min} to ${max}.`)
}

function fileObject(file: FileRecord): object {
  return {
    id: file.id,
    object: 'file',
    bytes: file.bytes,
    created_at: Math.floor(file.createdAtMs / 1000),
    expires_at: file.expiresAtMs === never ? null : Math.floor(file.expiresAtMs / 1000),
    filename: file.filename,
    purpose: file.purpose,
  }
}

async function requireFile(call: XaiCall): Promise<FileRecord> {
  const file = await visibleFile(call, call.id)
  if (file && file.resultOf === null) return file
  throw new Refusal(404, { message: `File ${call.id} was not found.` })
}

export async function retrieveFile(call: XaiCall): Promise<Reply> {
  return jsonReply(200, fileObject(await requireFile(call)))
}

export async function fileContent(call: XaiCall): Promise<Reply> {
  return downloadReply(call, await requireFile(call), 'application/octet-stream')
}

export async function deleteFile(call: XaiCall): Promise<Reply> {
  const file = await requireFile(call)
  await dropFile(call.state, file.id)
  return jsonReply(200, { id: file.id, object: 'file', deleted: true })
}

export function listFiles(call: XaiCall): Reply {
  const limit = readLimit(call.query)
  const [start = 0] = readToken(call.query, 1)
  const nowMs = call.state.clock.nowMs()
  const files = [...call.state.files.values()]
    .filter((file) => isVisible(call, file) && file.resultOf === null && file.expiresAtMs > nowMs)
    .toReversed()
  const page = files.slice(start, start + limit)
  const next = start + page.length
  return jsonReply(200, {
    data: page.map(fileObject),
    pagination_token: next < files.length ? writeToken(next) : null,
  })
}
