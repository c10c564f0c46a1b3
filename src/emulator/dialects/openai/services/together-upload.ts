import { createWriteStream } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { isDiskFault, privateFile } from '../../../core/disk.ts'
import { Refusal, badRequest } from '../../../core/errors.ts'
import { originOf } from '../../../core/http/call.ts'
import { type Reply, jsonReply } from '../../../core/http/reply.ts'
import { batchFileLifeSeconds, retrieveFile } from '../api/files.ts'
import type { OpenAiCall } from '../call.ts'
import { newFileId } from '../ids.ts'
import { serviceOf } from './services.ts'

/** A file whose content has not come yet is processed at no time. */
const never = Number.MAX_SAFE_INTEGER

/**
 * The first step of an upload: `POST /files` with `file_name`, `file_type` and `purpose` is answered 302 with the address
 * that the content is put to, and the id in `x-together-file-id` (together-ai 0.52 sends them in the query; others as form
 * data, as was seen).
 */
export async function beginUpload(call: OpenAiCall): Promise<Reply> {
  const { state, query, profile } = call
  const named = new URLSearchParams([...query, ...formFields(call)])
  const filename = named.get('file_name') ?? ''
  if (filename === '') throw badRequest(`Missing required parameter: 'file_name'.`, 'file_name')
  if (named.get('file_type') !== 'jsonl')
    throw badRequest('Files of a batch are of the type jsonl.', 'file_type')
  if (named.get('purpose') !== serviceOf(profile).purpose)
    throw badRequest(
      `'${named.get('purpose')}' is not one of ['fine-tune', 'eval', 'batch-api'] - 'purpose'`,
      'purpose',
    )
  const id = newFileId(profile)
  const nowMs = state.clock.nowMs()
  await state.putFile({
    id,
    profile,
    filename: filename.slice(filename.lastIndexOf('/') + 1),
    bytes: 0,
    purpose: 'batch-api',
    createdAtMs: nowMs,
    expiresAtMs: nowMs + batchFileLifeSeconds * 1000,
    processedAtMs: never,
    maker: call.maker,
    resultOf: null,
  })
  const location = `${originOf(call)}${togetherPath}/uploads/${id}`
  return { status: 302, headers: { location, 'x-together-file-id': id }, body: '' }
}

/** A form of either kind; what is in a file is not looked at, since it is to come in the second step. */
function formFields({ request, body }: OpenAiCall): [string, string][] {
  if (!String(request.headers['content-type']).startsWith('multipart/')) return [...new URLSearchParams(body)]
  return [...body.matchAll(/name="(\w+)"\r\n(?:content-[^\r]*\r\n)*\r\n([^\r]*)\r\n/gi)].map(
    ([, name = '', value = '']) => [name, value],
  )
}

/** Older clients ask for this behind the upload; there is nothing left to do. */
export async function preprocessFile(call: OpenAiCall): Promise<Reply> {
  return retrieveFile(call)
}

/** The second step: the content itself, at an address that is a secret and asks for no key. */
export async function receiveContent(call: OpenAiCall): Promise<Reply> {
  const { state, id } = call
  const file = state.files.get(id)
  if (!file || file.profile !== call.profile || file.processedAtMs !== never)
    throw new Refusal(403, { message: 'This address is used up, or was never given.' })
  const temporary = state.temporaryPath(id)
  try {
    await pipeline(call.request, createWriteStream(temporary, { flush: true, mode: privateFile }))
    const { size: bytes } = await stat(temporary)
    const { maxFileBytes } = serviceOf(call.profile)
    if (bytes > maxFileBytes)
      throw new Refusal(413, { message: `The file has ${bytes} bytes, more than ${maxFileBytes}.` })
    await rename(temporary, state.filePath(id))
    await state.putFile({ ...file, bytes, processedAtMs: state.clock.nowMs() })
    return jsonReply(200, {})
  } catch (error) {
    await rm(temporary, { force: true })
    if (isDiskFault(error))
      throw new Refusal(500, { message: 'The emulator cannot keep the file: its disk is full.' })
    throw error
  }
}

/** Behind it are the paths of `https://api.together.ai/v1`. */
export const togetherPath = '/together/v1'
