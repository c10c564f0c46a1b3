import { rename, rm } from 'node:fs/promises'
import { isVisible } from '../../../core/http/call.ts'
import { dropFile, visibleFile } from '../../../core/http/stored-file.ts'
import type { OpenAiCall } from '../call.ts'
import { listReply, pageOf, readPage } from './page.ts'
import { downloadReply } from '../../../core/http/download.ts'
import { Refusal, badRequest } from '../../../core/errors.ts'
import { newFileId } from '../ids.ts'
import { isObject, parseJson } from '../../../core/json.ts'
import type { FileRecord } from '../../../core/records.ts'
import { type Reply, jsonReply } from '../../../core/http/reply.ts'
import { type Upload, receiveUpload } from '../../../core/http/upload.ts'
import { serviceOf } from '../services/services.ts'
import { fileObject } from './view.ts'
import type { State } from '../../../core/state.ts'

/** "Files with purpose=batch expire after 30 days by default" (OpenAI document, createFile). */
export const batchFileLifeSeconds = 2_592_000
/** Allowed `expires_after.seconds` (OpenAI document; Azure guide, Global Batch). */
const expiryBounds = {
  usual: { min: 3600, max: 2_592_000 },
  azure: { min: 1_209_600, max: 2_592_000 },
} as const
/** Azure guide, Global Batch limits: 500 input files, 10,000 when an expiry is set. */
const azureMaxFiles = 500
const azureMaxExpiringFiles = 10_000
/** OpenAI document, listFiles. */
const maxListLimit = 10_000

export async function createFile(call: OpenAiCall): Promise<Reply> {
  const { state, profile } = call
  const id = newFileId(profile)
  const temporary = state.temporaryPath(id)
  const upload = await receiveUpload(call.request, temporary, serviceOf(profile).maxFileBytes)
  try {
    const nowMs = state.clock.nowMs()
    const record = acceptUpload(call, upload, id, nowMs)
    await rename(temporary, state.filePath(id))
    await state.putFile(record)
    const dated = call.form === 'azure-dated'
    return jsonReply(
      dated ? 201 : 200,
      shownFile(call, record),
      dated ? { location: `/openai/files/${id}` } : {},
    )
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

function acceptUpload(call: OpenAiCall, upload: Upload, id: string, nowMs: number): FileRecord {
  const { profile, state } = call
  const { filename, fields } = upload
  if (filename === null)
    throw badRequest(`Missing required parameter: 'file'.`, 'file', 'missing_required_parameter')
  const purpose = fields.get('purpose')
  if (purpose === undefined) {
    throw badRequest(`Missing required parameter: 'purpose'.`, 'purpose', 'missing_required_parameter')
  }
  if (purpose !== serviceOf(profile).purpose) {
    throw badRequest(
      `'${purpose}' is not one of ['fine-tune', 'assistants', 'batch', 'user_data', 'vision', 'evals'] - 'purpose'`,
      'purpose',
    )
  }
  checkContent(call, upload, filename)
  const life = expirySeconds(call, fields)
  if (profile === 'azure') checkAzureFileCount(state, life !== null, nowMs)
  return {
    id,
    profile,
    filename,
    bytes: upload.bytes,
    purpose,
    createdAtMs: nowMs,
    expiresAtMs: nowMs + (life ?? batchFileLifeSeconds) * 1000,
    processedAtMs: profile === 'azure' ? nowMs + state.settings.filesPendingMs : nowMs,
    maker: call.maker,
    resultOf: null,
  }
}

/** OpenAI looks at the name and the first content at once; lines are looked at after a batch is created. */
function checkContent(call: OpenAiCall, upload: Upload, filename: string): void {
  const { maxFileBytes } = serviceOf(call.profile)
  if (upload.bytes > maxFileBytes) {
    const model = firstModel(upload.head)
    throw new Refusal(413, {
      message: `The batch input file is larger than the ${maxFileBytes} maximum for the ${model} model.`,
    })
  }
  const bad = badRequest('Invalid file format for Batch API. Must be .jsonl')
  if (!filename.toLowerCase().endsWith('.jsonl')) throw bad
  if (call.profile === 'azure') return
  if (upload.bytes === 0) throw bad
  const line = firstLine(upload.head)
  if (line !== null && parseJson(line) === undefined) throw bad
}

/** The first line without a byte-order mark; `null` when it is longer than what was kept. */
function firstLine(head: Buffer): string | null {
  const end = head.indexOf(0x0a)
  if (end === -1 && head.length >= 1_048_576) return null
  return head
    .subarray(0, end === -1 ? head.length : end)
    .toString('utf8')
    .replace(/^\uFEFF/, '')
}

function firstModel(head: Buffer): string {
  const line = parseJson(firstLine(head) ?? '')
  const body = isObject(line) ? line['body'] : undefined
  const model = isObject(body) ? body['model'] : undefined
  return typeof model === 'string' ? model : 'requested'
}

/** `expires_after[seconds]` at OpenAI, `expires_after.seconds` in Azure's documents. */
function expirySeconds(call: OpenAiCall, fields: ReadonlyMap<string, string>): number | null {
  const anchor = fields.get('expires_after[anchor]') ?? fields.get('expires_after.anchor')
  const text = fields.get('expires_after[seconds]') ?? fields.get('expires_after.seconds')
  if (anchor === undefined && text === undefined) return null
  if (anchor !== 'created_at') {
    throw badRequest(
      `Invalid value: '${anchor ?? ''}'. Supported values are: 'created_at'.`,
      'expires_after.anchor',
      'invalid_value',
    )
  }
  const seconds = Number(text)
  const { min, max } = expiryBounds[call.profile === 'azure' ? 'azure' : 'usual']
  if (!Number.isInteger(seconds) || seconds < min || seconds > max) {
    throw badRequest(
      `Invalid 'expires_after.seconds': expected an integer from ${min} to ${max}, but got ${text ?? 'nothing'} instead.`,
      'expires_after.seconds',
      'invalid_value',
    )
  }
  return seconds
}

function checkAzureFileCount(state: State, expiring: boolean, nowMs: number): void {
  const files = [...state.files.values()].filter(
    (file) => file.profile === 'azure' && file.purpose === 'batch' && file.expiresAtMs > nowMs,
  )
  const max = expiring ? azureMaxExpiringFiles : azureMaxFiles
  if (files.length >= max) {
    throw new Refusal(400, {
      message: `The number of batch input files of this resource has reached the limit of ${max}. Delete files, or set an expiry.`,
      code: 'quotaExceeded',
    })
  }
}

async function requireFile(call: OpenAiCall): Promise<FileRecord> {
  const file = await visibleFile(call, call.id)
  if (file) return file
  throw new Refusal(404, { message: `No such File object: ${call.id}`, param: 'id' })
}

export async function retrieveFile(call: OpenAiCall): Promise<Reply> {
  return jsonReply(200, shownFile(call, await requireFile(call)))
}

export function shownFile({ state, profile }: OpenAiCall, file: FileRecord): object {
  const show = serviceOf(profile).fileObject ?? fileObject
  return show(file, state.clock.nowMs(), state.skewMs())
}

export async function fileContent(call: OpenAiCall): Promise<Reply> {
  const file = await requireFile(call)
  return downloadReply(call, file, 'application/octet-stream')
}

export async function deleteFile(call: OpenAiCall): Promise<Reply> {
  const file = await requireFile(call)
  await dropFile(call.state, file.id)
  const { deleted } = serviceOf(call.profile)
  return jsonReply(200, deleted?.(file.id) ?? { object: 'file', deleted: true, id: file.id })
}

export function listFiles(call: OpenAiCall): Reply {
  const { state, query } = call
  const { list } = serviceOf(call.profile)
  const purpose = query.get('purpose')
  const nowMs = state.clock.nowMs()
  const files = [...state.files.values()].filter(
    (file) =>
      isVisible(call, file) && file.expiresAtMs > nowMs && (purpose === null || file.purpose === purpose),
  )
  // Insertion order is creation order.
  if (query.get('order') !== 'asc') files.reverse()
  const show = (file: FileRecord): object => shownFile(call, file)
  if (list) return jsonReply(200, list('files', files.map(show)))
  const page = readPage(query, maxListLimit, maxListLimit)
  return listReply(call, pageOf(files, page), show)
}
