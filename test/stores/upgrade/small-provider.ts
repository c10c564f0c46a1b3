import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { z } from 'zod'

const file = z.object({ id: z.string(), filename: z.string(), text: z.string(), createdAt: z.number() })
const batch = z.object({
  id: z.string(),
  status: z.enum(['in_progress', 'completed', 'cancelled']),
  inputFileId: z.string(),
  outputFileId: z.string().nullable(),
  metadata: z.record(z.string(), z.string()),
  createdAt: z.number(),
})
const remote = z.object({ files: z.array(file), batches: z.array(batch) })

type RemoteFile = z.infer<typeof file>
type RemoteBatch = z.infer<typeof batch>

/** What a provider holds of somebody: files and batches, as JSON can keep them. */
export type Remote = z.infer<typeof remote>

export function parseRemote(text: string): Remote {
  return remote.parse(JSON.parse(text))
}

/** What every line uses, so that a bill can be written down beforehand. */
const usagePerLine = { prompt_tokens: 40, completion_tokens: 10, total_tokens: 50 }
/** 40 tokens at $0.075 and 10 at $0.30 for each million: gpt-4o-mini in a batch. */
export const microUsdPerLine = 6

const line = z.object({
  custom_id: z.string(),
  body: z.object({ messages: z.array(z.object({ role: z.string(), content: z.string() })) }),
})

/**
 * A batch service of the OpenAI shape with nothing behind it: it takes files, makes batches, and answers each line with
 * a title made of its text. Its ids are counted, so that two of the same past say the same.
 */
export class SmallProvider implements AsyncDisposable {
  /** Seconds since the epoch, for what is made from now on. */
  readonly now: () => number
  /** Whether a batch is done as soon as somebody asks after it. */
  finishes: boolean
  /** How many creates have been taken. */
  created = 0
  /** How often somebody has asked after a batch. */
  polls = 0
  /** How many lines have been answered. */
  answered = 0
  #server: Server
  #baseUrl = ''
  #files = new Map<string, RemoteFile>()
  #batches = new Map<string, RemoteBatch>()
  #made = 0

  private constructor(now: () => number, finishes: boolean) {
    this.now = now
    this.finishes = finishes
    this.#server = createServer((request, response) => void this.#answer(request, response))
  }

  static async start(remote: Remote, now: () => number, finishes: boolean): Promise<SmallProvider> {
    const provider = new SmallProvider(now, finishes)
    provider.remember(remote)
    await new Promise<void>((done) => void provider.#server.listen(0, '127.0.0.1', done))
    const address = provider.#server.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    provider.#baseUrl = `http://127.0.0.1:${address.port}/v1`
    return provider
  }

  get baseUrl(): string {
    return this.#baseUrl
  }

  /** Takes the place of all that it holds. */
  remember({ files, batches }: Remote): void {
    this.#files = new Map(files.map((held) => [held.id, { ...held }]))
    this.#batches = new Map(batches.map((held) => [held.id, { ...held }]))
    this.#made = files.length + batches.length
    this.answered = batches.reduce(
      (sum, held) => sum + (held.status === 'completed' ? this.#lines(held).length : 0),
      0,
    )
  }

  /** What it holds now. */
  get remote(): Remote {
    return { files: [...this.#files.values()], batches: [...this.#batches.values()] }
  }

  /** What it has billed, from its beginning. */
  get billedMicroUsd(): number {
    return this.answered * microUsdPerLine
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((done) => void this.#server.close(() => done()))
    this.#server.closeAllConnections()
    await closed
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(Buffer.from(chunk))
    const url = new URL(request.url ?? '/', this.#baseUrl)
    const [, , what = '', id = '', more = ''] = url.pathname.split('/')
    const body = Buffer.concat(chunks).toString('utf8')
    const found = this.#find(`${request.method} ${what}`, { id, more, body })
    response.writeHead(found === null ? 404 : 200, { 'content-type': 'application/json' })
    response.end(
      typeof found === 'string'
        ? found
        : JSON.stringify(
            found ?? { error: { message: `No such ${what}: ${id}`, type: 'invalid_request_error' } },
          ),
    )
  }

  #find(
    call: string,
    { id, more, body }: { readonly id: string; readonly more: string; readonly body: string },
  ): object | string | null {
    const held = this.#files.get(id)
    const made = this.#batches.get(id)
    switch (call) {
      case 'POST files':
        return fileObject(this.#upload(body))
      case 'GET files':
        if (id === '') return listOf([...this.#files.values()].map(fileObject))
        return held ? (more === 'content' ? held.text : fileObject(held)) : null
      case 'DELETE files':
        return this.#files.delete(id) ? { id, object: 'file', deleted: true } : null
      case 'POST batches':
        if (id === '') return this.#batchObject(this.#create(JSON.parse(body)))
        if (made && more === 'cancel' && made.status === 'in_progress') made.status = 'cancelled'
        return made ? this.#batchObject(made) : null
      case 'GET batches':
        if (id === '') return listOf([...this.#batches.values()].map((one) => this.#batchObject(one)))
        this.polls += 1
        if (made && this.finishes) this.finish(made.id)
        return made ? this.#batchObject(made) : null
      default:
        return null
    }
  }

  #upload(body: string): RemoteFile {
    const [, filename = ''] = /name="file"; filename="([^"]*)"/.exec(body) ?? []
    const from = body.indexOf('\r\n\r\n', body.indexOf('name="file"')) + 4
    return this.#keep(filename, body.slice(from, body.lastIndexOf('\r\n--')))
  }

  #keep(filename: string, text: string): RemoteFile {
    const kept = { id: `file-${this.#next()}`, filename, text, createdAt: this.now() }
    this.#files.set(kept.id, kept)
    return kept
  }

  #next(): string {
    this.#made += 1
    return String(this.#made).padStart(4, '0')
  }

  #create(wanted: unknown): RemoteBatch {
    const { input_file_id: inputFileId, metadata } = z
      .object({ input_file_id: z.string(), metadata: z.record(z.string(), z.string()) })
      .parse(wanted)
    const made: RemoteBatch = {
      id: `batch_${this.#next()}`,
      status: 'in_progress',
      inputFileId,
      outputFileId: null,
      metadata,
      createdAt: this.now(),
    }
    this.#batches.set(made.id, made)
    this.created += 1
    return made
  }

  /** Answers the lines of a batch that is not done yet. */
  finish(id: string): void {
    const made = this.#batches.get(id)
    if (made?.status !== 'in_progress') return
    const lines = this.#lines(made)
    made.status = 'completed'
    made.outputFileId = this.#keep(`${id}_output.jsonl`, lines.map(answerTo).join('')).id
    this.answered += lines.length
  }

  #lines({ inputFileId }: RemoteBatch): readonly z.infer<typeof line>[] {
    const { text = '' } = this.#files.get(inputFileId) ?? {}
    return text
      .split('\n')
      .filter((one) => one !== '')
      .map((one) => line.parse(JSON.parse(one)))
  }

  #batchObject(made: RemoteBatch): object {
    const total = this.#lines(made).length
    const completed = made.status === 'completed' ? total : 0
    return {
      id: made.id,
      object: 'batch',
      endpoint: '/v1/chat/completions',
      errors: null,
      input_file_id: made.inputFileId,
      completion_window: '24h',
      status: made.status,
      output_file_id: made.outputFileId,
      error_file_id: null,
      created_at: made.createdAt,
      expires_at: made.createdAt + 86_400,
      request_counts: { total, completed, failed: 0 },
      metadata: made.metadata,
    }
  }
}

function fileObject({ id, filename, text, createdAt }: RemoteFile): object {
  const bytes = Buffer.byteLength(text)
  return { id, object: 'file', bytes, created_at: createdAt, filename, purpose: 'batch', status: 'processed' }
}

function listOf(data: readonly object[]): object {
  return { object: 'list', data, has_more: false }
}

function answerTo({ custom_id: customId, body: { messages } }: z.infer<typeof line>): string {
  const text = messages.findLast(({ role }) => role === 'user')?.content ?? ''
  const title = text.split(' ').slice(0, 4).join(' ')
  const body = {
    id: `chatcmpl-${customId}`,
    object: 'chat.completion',
    model: 'gpt-4o-mini',
    choices: [
      { index: 0, finish_reason: 'stop', message: { role: 'assistant', content: JSON.stringify({ title }) } },
    ],
    usage: usagePerLine,
  }
  return `${JSON.stringify({ id: `line-${customId}`, custom_id: customId, response: { status_code: 200, request_id: customId, body }, error: null })}\n`
}
