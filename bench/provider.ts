/**
 * A batch provider that costs as little as possible, so that it is not what is measured: it takes uploads without
 * keeping them, and writes an answer for every line that it saw. Batches run until somebody calls `POST /complete`.
 * `node provider.ts <task> <directory>` prints `{"url":…}` once it listens.
 */
import { closeSync, createReadStream, openSync, statSync, writeSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { Busboy } from '@fastify/busboy'
import { z } from 'zod'
import { type AnswerPool, answerPool } from './answers.ts'
import { answersOf, taskName } from './project/tasks.ts'

const [name, directory = '.'] = process.argv.slice(2)
const task = taskName(name)
const pools = { plain: answerPool(task, false), base64: answerPool(task, true) }
const idField = Buffer.from('"custom_id":"')
const asksBase64 = Buffer.from('"encoding_format":"base64"')
const nowSeconds = Math.floor(Date.now() / 1000)

const newBatch = z.object({ input_file_id: z.string(), metadata: z.unknown().optional() })
type NewBatch = z.infer<typeof newBatch>

interface StoredFile {
  readonly id: string
  readonly filename: string | undefined
  readonly bytes: number
  readonly customIds: string[]
  /** Whether its lines, by the first, ask for vectors in base64. */
  readonly base64: boolean
}

interface StoredBatch {
  readonly id: string
  readonly inputFileId: string
  readonly metadata: unknown
  readonly total: number
  outputFileId: string | null
}

const files = new Map<string, StoredFile>()
const batches = new Map<string, StoredBatch>()
let lastId = 0
let written: Promise<unknown> = Promise.resolve()
const waiting: (() => void)[] = []

const server = createServer((request, response) => {
  route(request, response).catch((error: unknown) => {
    console.error(error)
    response.destroy()
  })
})
server.requestTimeout = 0
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  console.log(JSON.stringify({ url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}` }))
})
process.once('SIGTERM', () => process.exit(0))

async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url ?? '', 'http://localhost')
  const [, , kind, id = '', part] = pathname.split('/')
  const named = `${request.method} ${kind}${id === '' ? '' : '/id'}${part === undefined ? '' : `/${part}`}`
  switch (named) {
    case 'POST files':
      return json(response, fileObject(await receive(request)))
    case 'GET files':
      return json(response, list([...files.values()].map(fileObject)))
    case 'GET files/id':
      return json(response, fileObject(files.get(id)))
    case 'DELETE files/id':
      files.delete(id)
      await rm(outputPath(id), { force: true })
      return json(response, { id, object: 'file', deleted: true })
    case 'GET files/id/content': {
      response.writeHead(200, {
        'content-type': 'application/octet-stream',
        'content-length': files.get(id)?.bytes ?? 0,
      })
      return pipeline(createReadStream(outputPath(id), { highWaterMark: 1_048_576 }), response)
    }
    case 'POST batches':
      return json(response, batchObject(create(await readJson(request))))
    case 'GET batches':
      return json(response, list([...batches.values()].map(batchObject)))
    case 'GET batches/id':
      return json(response, batchObject(batches.get(id)))
    case 'POST complete':
      for (const answer of waiting.splice(0)) written = written.then(answer)
      await written
      return json(response, { batches: batches.size })
    default:
      response.writeHead(404).end()
  }
}

/** Takes an upload in and keeps nothing of it but its ids. */
async function receive(request: IncomingMessage): Promise<StoredFile> {
  const customIds: string[] = []
  let filename: string | undefined
  let bytes = 0
  let base64 = false
  const form = new Busboy({
    headers: { ...request.headers, 'content-type': request.headers['content-type'] ?? '' },
    limits: { fileSize: Infinity },
  })
  form.on('file', (_field, stream, name) => {
    filename = name
    let carried: Buffer = Buffer.alloc(0)
    // The id stands in the first bytes of a line; the rest of it is only looked through for its end.
    stream.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      const buffer = carried.length === 0 ? chunk : Buffer.concat([carried, chunk])
      let start = 0
      for (let end = buffer.indexOf(0x0a); end >= 0; end = buffer.indexOf(0x0a, start)) {
        if (customIds.length === 0) base64 = buffer.subarray(start, end).includes(asksBase64)
        customIds.push(idIn(buffer, start))
        start = end + 1
      }
      carried = buffer.subarray(start)
    })
  })
  await pipeline(request, form)
  const file = { id: `file-${(lastId += 1)}`, filename, bytes, customIds, base64 }
  files.set(file.id, file)
  return file
}

function idIn(line: Buffer, start: number): string {
  const from = line.indexOf(idField, start) + idField.length
  return line.toString('latin1', from, line.indexOf(0x22, from))
}

function create(body: NewBatch): StoredBatch {
  const inputFileId = body.input_file_id
  const { customIds = [], base64 = false } = files.get(inputFileId) ?? {}
  const batch: StoredBatch = {
    id: `batch_${(lastId += 1)}`,
    inputFileId,
    metadata: body.metadata ?? null,
    total: customIds.length,
    outputFileId: null,
  }
  batches.set(batch.id, batch)
  waiting.push(() => answer(batch, customIds, base64 ? pools.base64 : pools.plain))
  return batch
}

/** Writes the answers of a batch in an order of their own, as providers do. */
function answer(batch: StoredBatch, customIds: readonly string[], pool: AnswerPool): void {
  const id = `file-${(lastId += 1)}`
  const output = openSync(outputPath(id), 'w')
  let pieces: Buffer[] = []
  let held = 0
  const flush = (): void => {
    writeSync(output, Buffer.concat(pieces, held))
    pieces = []
    held = 0
  }
  for (const line of shuffled(customIds.length)) {
    const tail = pool.tails[line % pool.tails.length] ?? pool.head
    const customId = Buffer.from(customIds[line] ?? '')
    pieces.push(pool.head, customId, tail)
    held += pool.head.length + customId.length + tail.length
    if (held > 4_000_000) flush()
  }
  flush()
  closeSync(output)
  files.set(id, {
    id,
    filename: `${batch.id}_output.jsonl`,
    bytes: statSync(outputPath(id)).size,
    customIds: [],
    base64: false,
  })
  batch.outputFileId = id
}

function shuffled(count: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index)
  let state = 0x2545f491
  for (let left = count - 1; left > 0; left -= 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    const other = state % (left + 1)
    const kept = order[left] ?? 0
    order[left] = order[other] ?? 0
    order[other] = kept
  }
  return order
}

function outputPath(id: string): string {
  return join(directory, `${id.replaceAll(/[^\w-]/g, '')}.jsonl`)
}

function fileObject(file: StoredFile | undefined): object {
  return {
    id: file?.id,
    object: 'file',
    filename: file?.filename,
    bytes: file?.bytes,
    purpose: 'batch',
    status: 'processed',
    created_at: nowSeconds,
  }
}

function batchObject(batch: StoredBatch | undefined): object {
  const done = batch?.outputFileId != null
  return {
    id: batch?.id,
    object: 'batch',
    endpoint: answersOf[task].endpoint,
    status: done ? 'completed' : 'in_progress',
    input_file_id: batch?.inputFileId,
    output_file_id: batch?.outputFileId,
    error_file_id: null,
    completion_window: '24h',
    created_at: nowSeconds,
    expires_at: nowSeconds + 86_400,
    request_counts: { total: batch?.total, completed: done ? batch.total : 0, failed: 0 },
    metadata: batch?.metadata,
  }
}

function list(data: readonly object[]): object {
  return { object: 'list', data, has_more: false }
}

function json(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

async function readJson(request: IncomingMessage): Promise<NewBatch> {
  const pieces: Buffer[] = []
  for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece)
  return newBatch.parse(JSON.parse(Buffer.concat(pieces).toString('utf8')))
}
