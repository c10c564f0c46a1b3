import { Buffer } from 'node:buffer'
import type { InputFile, StagedFile } from '../../ports/provider/batch-service.ts'
import type { Refusal, Reply } from '../../ports/provider/reply.ts'
import type { Http } from '../http/http.ts'
import { classifyGemini } from './classify.ts'

const contentType = 'application/jsonl'
const nothing = Buffer.alloc(0)

/**
 * A file sent by a resumable upload (Gemini document, Files; @ai-sdk/google): a call that tells what will come and is
 * given an address, and one with all of the bytes for it. Only the second leaves a file behind. Of the address its path
 * is taken, so that nothing goes to another host than the one that was configured.
 */
export async function uploadFile(
  http: Http,
  basePath: string,
  file: InputFile,
  readFile: (json: unknown) => StagedFile | null,
  signal?: AbortSignal,
): Promise<Reply<StagedFile>> {
  let address: string | null = null
  const started = classifyGemini(
    'repeatable',
    await http.json({
      method: 'POST',
      path: '/upload/v1beta/files',
      headers: {
        'x-goog-upload-protocol': 'resumable',
        'x-goog-upload-command': 'start',
        'x-goog-upload-header-content-length': String(file.bytes),
        'x-goog-upload-header-content-type': contentType,
      },
      body: { file: { displayName: file.filename } },
      onHeaders: ({ 'x-goog-upload-url': url }) => {
        address = typeof url === 'string' ? url : null
      },
      signal,
    }),
    () => true,
  )
  if (started.kind !== 'accepted') return started
  const url = address === null ? null : URL.parse(address)
  if (url === null) return withoutAddress
  const path = url.pathname.startsWith(`${basePath}/`) ? url.pathname.slice(basePath.length) : url.pathname
  const exchange = await http.framed(
    {
      method: 'POST',
      path,
      query: Object.fromEntries(url.searchParams),
      headers: { 'x-goog-upload-command': 'upload, finalize', 'x-goog-upload-offset': '0' },
      signal,
    },
    { contentType, contentLength: file.bytes, head: nothing, file, tail: nothing, lineBreak: null },
  )
  return classifyGemini('stores', exchange, readFile)
}

const withoutAddress: Refusal = {
  kind: 'refused',
  cause: 'away',
  layer: 'service',
  lasting: false,
  status: 200,
  message: 'the upload was begun, and no address was given for its bytes',
  retryAfterMs: null,
}
