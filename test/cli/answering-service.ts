import { z } from 'zod'
import { json, serve, type TestServer } from '../serve.ts'

const inputLine = z.object({ custom_id: z.string(), body: z.looseObject({}) })
const newBatch = z.object({
  input_file_id: z.string(),
  endpoint: z.string(),
  metadata: z.unknown().optional(),
})

/** A batch service of one page, whose answers are all that a test wants of it. */
export interface AnsweringService extends AsyncDisposable {
  readonly url: string
  /** The bodies that were asked, in order. */
  readonly asked: readonly Readonly<Record<string, unknown>>[]
}

/**
 * Starts a service on this machine: every batch is completed at the first look, and each of its lines, as each prompt
 * that is asked alone, is answered 200 with the body that `answer` gives by how many were asked before. `takesMetadata: false`: a
 * batch with metadata is refused.
 */
export async function answeringService(
  answer: (asked: number) => unknown,
  { takesMetadata = true }: { readonly takesMetadata?: boolean } = {},
): Promise<AnsweringService> {
  const files = new Map<string, string>()
  const batches = new Map<string, object>()
  const asked: Record<string, unknown>[] = []
  const server: TestServer = await serve((request, response, sent) => {
    const path = new URL(request.url ?? '/', 'http://service').pathname.replace(/^\/v1/, '')
    const [, kind = '', id = '', part = ''] = path.split('/')
    const called = `${request.method} /${kind}${id === '' ? '' : '/id'}${part === '' ? '' : `/${part}`}`
    switch (called) {
      case 'POST /files': {
        const file = `file-${files.size + 1}`
        files.set(file, sent)
        return json(response, 200, fileObject(file, sent))
      }
      case 'GET /files':
        return json(response, 200, { object: 'list', data: [], has_more: false })
      case 'GET /files/id':
        return json(response, 200, fileObject(id, files.get(id) ?? ''))
      case 'GET /files/id/content':
        response.writeHead(200)
        return response.end(files.get(id))
      case 'DELETE /files/id':
        return json(response, 200, { id, object: 'file', deleted: true })
      case 'POST /batches': {
        const ask = newBatch.parse(JSON.parse(sent))
        if (!takesMetadata && ask.metadata !== undefined)
          return json(response, 400, { error: { message: 'Unknown parameter: metadata', param: 'metadata' } })
        const lines = inputLines(files.get(ask.input_file_id) ?? '')
        const output = `output-${batches.size + 1}`
        files.set(
          output,
          lines.map((line) => outputLine(line.custom_id, answer(asked.push(line.body) - 1))).join(''),
        )
        const batch = batchObject(`batch-${batches.size + 1}`, ask, output, lines.length)
        batches.set(batch.id, batch)
        return json(response, 200, batch)
      }
      case 'POST /chat/id':
        return json(response, 200, answer(asked.push(z.looseObject({}).parse(JSON.parse(sent))) - 1))
      case 'GET /batches':
        return json(response, 200, { object: 'list', data: [...batches.values()], has_more: false })
      case 'GET /batches/id':
        return json(response, 200, batches.get(id))
      default:
        return json(response, 404, { error: { message: `nobody answers ${called}` } })
    }
  })
  return { url: `${server.url}/v1`, asked, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

/** The lines of the file that an upload carries. */
function inputLines(upload: string): readonly z.infer<typeof inputLine>[] {
  return upload
    .split('\n')
    .filter((text) => text.startsWith('{'))
    .map((text) => inputLine.parse(JSON.parse(text)))
}

function outputLine(customId: string, body: unknown): string {
  const response = { status_code: 200, request_id: 'r', body }
  return `${JSON.stringify({ id: 'line', custom_id: customId, response, error: null })}\n`
}

function fileObject(id: string, content: string): object {
  return {
    id,
    object: 'file',
    purpose: 'batch',
    filename: `${id}.jsonl`,
    bytes: Buffer.byteLength(content),
    created_at: Math.floor(Date.now() / 1_000),
    status: 'processed',
  }
}

function batchObject(
  id: string,
  { input_file_id, endpoint, metadata }: z.infer<typeof newBatch>,
  output_file_id: string,
  total: number,
): { readonly id: string } {
  const created_at = Math.floor(Date.now() / 1_000)
  const counts = { total, completed: total, failed: 0 }
  return Object.assign(
    { id, object: 'batch', endpoint, input_file_id, output_file_id, error_file_id: null, metadata },
    { status: 'completed', created_at, expires_at: created_at + 86_400, request_counts: counts },
  )
}
