import { createReadStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { Refusal } from '../../../core/errors.ts'
import { isVisible } from '../../../core/http/call.ts'
import { downloadReply } from '../../../core/http/download.ts'
import { type Reply, jsonReply } from '../../../core/http/reply.ts'
import { dropFile, visibleFile } from '../../../core/http/stored-file.ts'
import { receiveUpload } from '../../../core/http/upload.ts'
import { type JsonObject, textIn } from '../../../core/json.ts'
import type { FileRecord } from '../../../core/records.ts'
import { invalid } from '../errors.ts'
import { newId } from '../ids.ts'
import type { MistralCall } from './call.ts'
import { pageOf } from './page.ts'
import { keepsNothing } from './view.ts'

/** Mistral document, Known limitations: 512 MB, and 30 days for what was uploaded. */
const maxFileBytes = 512 * 1024 * 1024
export const fileLifeMs = 30 * 86_400_000

const sampleTypes: Readonly<Record<string, string>> = { batch: 'batch_request', ocr: 'ocr_input' }

export async function createFile(call: MistralCall): Promise<Reply> {
  const { state } = call
  const id = newId()
  const temporary = state.temporaryPath(id)
  const { filename, bytes, fields } = await receiveUpload(call.request, temporary, maxFileBytes)
  try {
    if (filename === null)
      throw invalid({ type: 'missing', loc: ['body', 'file'], msg: 'Field required', input: null })
    if (bytes > maxFileBytes) throw new Refusal(413, { message: 'File is larger than 512 MB.' })
    const purpose = fields.get('purpose') ?? 'fine-tune'
    if (!Object.hasOwn(sampleTypes, purpose))
      throw invalid({
        type: 'enum',
        loc: ['body', 'purpose'],
        msg: "This emulator takes files for 'batch' or 'ocr'",
        input: purpose,
      })
    const lines = purpose === 'batch' ? await countLines(temporary) : 0
    await rename(temporary, state.filePath(id))
    const file = newFile(call, { id, filename, bytes, purpose, lines })
    await state.putFile(file)
    return jsonReply(200, fileObject(call, file))
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

/** The record of a file whose bytes are on the disk. */
export function newFile(
  { state, profile, maker }: MistralCall,
  given: Pick<FileRecord, 'id' | 'filename' | 'bytes' | 'purpose'> & { readonly lines: number },
): FileRecord {
  const { lines, ...rest } = given
  const nowMs = state.clock.nowMs()
  return {
    ...rest,
    profile,
    createdAtMs: nowMs,
    expiresAtMs: nowMs + fileLifeMs,
    processedAtMs: nowMs,
    maker,
    details: { lines },
    resultOf: null,
  }
}

async function countLines(path: string): Promise<number> {
  let lines = 0
  let last = 0x0a
  for await (const chunk of createReadStream(path)) {
    if (!Buffer.isBuffer(chunk)) continue
    for (let at = chunk.indexOf(0x0a); at !== -1; at = chunk.indexOf(0x0a, at + 1)) lines += 1
    last = chunk.at(-1) ?? last
  }
  return last === 0x0a ? lines : lines + 1
}

/** The file object with the fields that were recorded. */
function fileObject({ state }: MistralCall, file: FileRecord): JsonObject {
  const lines = file.details?.['lines']
  const part = file.resultOf?.part
  return {
    id: file.id,
    object: 'file',
    bytes: file.bytes,
    created_at: Math.floor((file.createdAtMs + state.skewMs()) / 1000),
    filename: file.filename,
    purpose: part === undefined ? file.purpose : 'batch',
    sample_type:
      part === undefined ? sampleTypes[file.purpose] : part === 'output' ? 'batch_result' : 'batch_error',
    num_lines: typeof lines === 'number' ? lines : null,
    mimetype:
      part !== undefined || file.purpose === 'batch' ? 'application/jsonl' : 'application/octet-stream',
    source: part === undefined ? 'upload' : 'mistral',
    signature: null,
    expires_at: null,
    visibility: 'workspace',
  }
}

export async function requireFile(call: MistralCall, id: string): Promise<FileRecord> {
  const file = await visibleFile(call, id)
  if (file && isGiven(call, file)) return file
  throw new Refusal(404, { message: `No such file: ${id}` })
}

/** What a job that gives nothing back has written is not there. */
function isGiven({ state }: MistralCall, { resultOf }: FileRecord): boolean {
  const batch = resultOf === null ? undefined : state.batches.get(resultOf.batchId)
  return batch === undefined || !keepsNothing(batch)
}

export async function retrieveFile(call: MistralCall): Promise<Reply> {
  return jsonReply(200, { ...fileObject(call, await requireFile(call, call.id)), deleted: false })
}

export async function fileContent(call: MistralCall): Promise<Reply> {
  return downloadReply(call, await requireFile(call, call.id), 'application/octet-stream')
}

export async function deleteFile(call: MistralCall): Promise<Reply> {
  const file = await requireFile(call, call.id)
  await dropFile(call.state, file.id)
  return jsonReply(200, { id: file.id, object: 'file', deleted: true })
}

/** Newest first. */
export function listFiles(call: MistralCall): Reply {
  const { state, query } = call
  const nowMs = state.clock.nowMs()
  const purpose = query.get('purpose')
  const search = query.get('search')
  const wanted = [...state.files.values()]
    .filter((file) => isVisible(call, file) && isGiven(call, file) && file.expiresAtMs > nowMs)
    .map((file) => ({ file, shown: fileObject(call, file) }))
    .filter(({ shown }) => purpose === null || textIn(shown, 'purpose') === purpose)
    .filter(({ file }) => search === null || file.filename.includes(search))
    .toReversed()
  return jsonReply(200, {
    data: pageOf(query, wanted).map(({ shown }) => shown),
    object: 'list',
    total: wanted.length,
  })
}
