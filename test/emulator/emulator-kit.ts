import OpenAI, { APIError, AzureOpenAI, toFile } from 'openai'
import { get } from 'node:http'
import type { BillReport, EmulatorOptions } from '../../src/emulator/index.ts'
import { type Emulator, startEmulator } from '../../src/emulator/index.ts'

/** A provider second lasts a millisecond; the default of these tests. */
export const fastSpeed = 1000

export async function startFast(options: EmulatorOptions = {}): Promise<Emulator> {
  return startEmulator({ speed: fastSpeed, ...options })
}

export function openai(emulator: Emulator): OpenAI {
  return new OpenAI({ apiKey: 'sk-test', baseURL: emulator.openaiBaseUrl, maxRetries: 0 })
}

export function azureDated(emulator: Emulator, deployment?: string): AzureOpenAI {
  return new AzureOpenAI({
    apiKey: 'azure-test',
    endpoint: emulator.azureEndpoint,
    apiVersion: '2024-10-21',
    maxRetries: 0,
    ...(deployment === undefined ? {} : { deployment }),
  })
}

export function azureV1(emulator: Emulator): OpenAI {
  return new OpenAI({ apiKey: 'azure-test', baseURL: `${emulator.azureEndpoint}/openai/v1`, maxRetries: 0 })
}

export interface LineFields {
  readonly customId?: string
  readonly model?: string
  readonly text?: string
  readonly url?: string
  readonly body?: object
}

/** One input line of a chat batch. */
export function chatLine(index: number, fields: LineFields = {}): string {
  const text =
    fields.text ?? `Say something about record ${index}. It arrived in the morning and was read at noon.`
  return JSON.stringify({
    custom_id: fields.customId ?? `record-${index}`,
    method: 'POST',
    url: fields.url ?? '/v1/chat/completions',
    body: {
      model: fields.model ?? 'gpt-4o-mini',
      messages: [{ role: 'user', content: text }],
      ...fields.body,
    },
  })
}

export function chatLines(count: number, fields: LineFields = {}): string {
  return Array.from({ length: count }, (_value, index) => `${chatLine(index, fields)}\n`).join('')
}

export async function upload(
  client: OpenAI,
  content: string,
  name = 'input.jsonl',
): Promise<OpenAI.Files.FileObject> {
  return client.files.create({ file: await toFile(Buffer.from(content), name), purpose: 'batch' })
}

export type CreateParams = Partial<OpenAI.Batches.BatchCreateParams>

export async function submit(
  client: OpenAI,
  content: string,
  params: CreateParams = {},
): Promise<OpenAI.Batches.Batch> {
  const file = await upload(client, content)
  return create(client, file.id, params)
}

export async function create(
  client: OpenAI,
  fileId: string,
  params: CreateParams = {},
): Promise<OpenAI.Batches.Batch> {
  return client.batches.create({
    input_file_id: fileId,
    endpoint: '/v1/chat/completions',
    completion_window: '24h',
    ...params,
  })
}

const terminal = ['completed', 'failed', 'expired', 'cancelled']

/** Polls until the batch has one of the statuses. */
export async function waitFor(
  client: OpenAI,
  batchId: string,
  statuses: readonly string[] = terminal,
): Promise<OpenAI.Batches.Batch> {
  while (true) {
    const batch = await client.batches.retrieve(batchId)
    if (statuses.includes(batch.status.toLowerCase())) return batch
    if (terminal.includes(batch.status))
      throw new Error(`The batch became ${batch.status}: ${JSON.stringify(batch.errors)}`)
    await new Promise((resolve) => {
      setTimeout(resolve, 5)
    })
  }
}

export interface ResultLine {
  readonly id?: string
  readonly custom_id: string
  readonly response: null | {
    readonly status_code: number
    readonly request_id: string
    readonly body: {
      readonly choices?: readonly {
        readonly finish_reason: string
        readonly message: { readonly content: string | null; readonly refusal: string | null }
      }[]
      readonly error?: {
        readonly message: string
        readonly code: string | null
        readonly param: string | null
      }
      readonly [key: string]: unknown
    }
  }
  readonly error: null | { readonly code: string; readonly message: string }
}

export async function readText(client: OpenAI, fileId: string | null | undefined): Promise<string> {
  if (!fileId) return ''
  return (await client.files.content(fileId)).text()
}

export async function readResults(
  client: OpenAI,
  fileId: string | null | undefined,
): Promise<readonly ResultLine[]> {
  const text = await readText(client, fileId)
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): ResultLine => JSON.parse(line))
}

/** The answer's text of a result line. */
export function contentOf(line: ResultLine | undefined): string {
  return line?.response?.body.choices?.[0]?.message.content ?? ''
}

/** The refusal that a call must end in. */
export async function refusal(call: Promise<unknown>): Promise<APIError> {
  try {
    await call
  } catch (error) {
    if (error instanceof APIError) return error
    throw error
  }
  throw new Error('The call was not refused.')
}

/** Waits until an Azure file has left `pending`. */
export async function processed(client: OpenAI, fileId: string): Promise<void> {
  while ((await client.files.retrieve(fileId)).status !== 'processed') {
    await new Promise((resolve) => {
      setTimeout(resolve, 2)
    })
  }
}

/** The body of an answer, whose shape the caller knows. */
export async function bodyOf<T>(answer: Promise<Response>): Promise<T> {
  const text = await (await answer).text()
  return JSON.parse(text)
}

/** One input line of a batch of responses. */
export function responseLines(count: number, body: object = {}): string {
  return Array.from(
    { length: count },
    (_value, index) =>
      `${JSON.stringify({
        custom_id: `record-${index}`,
        method: 'POST',
        url: '/v1/responses',
        body: {
          model: 'gpt-5-mini',
          input: `What is said of record ${index}? It is old and well kept.`,
          ...body,
        },
      })}\n`,
  ).join('')
}

export const responsesParams: CreateParams = { endpoint: '/v1/responses' }

/** A batch that has ended in an emulator that plays scenarios, and what it costs by the control API. */
export interface Played extends AsyncDisposable {
  readonly emulator: Emulator
  readonly client: OpenAI
  readonly batch: OpenAI.Batches.Batch
  readonly bill: BillReport
}

export async function play(
  scenarios: readonly string[],
  content: string = chatLines(20),
  params: CreateParams = {},
): Promise<Played> {
  const emulator = await startFast({ scenarios })
  try {
    const client = openai(emulator)
    const batch = await waitFor(client, (await submit(client, content, params)).id)
    return {
      emulator,
      client,
      batch,
      bill: await billOf(emulator),
      [Symbol.asyncDispose]: () => emulator.close(),
    }
  } catch (error) {
    await emulator.close()
    throw error
  }
}

export async function billOf(emulator: Emulator): Promise<BillReport> {
  return bodyOf(fetch(`${emulator.url}/_emulator/bill`))
}

/** The lines of both files of a batch. */
export async function linesOf({ client, batch }: Played): Promise<readonly ResultLine[]> {
  return [
    ...(await readResults(client, batch.output_file_id)),
    ...(await readResults(client, batch.error_file_id)),
  ]
}

/** An answer as it comes over the wire: nothing is decoded, and a cut is no error. */
export interface RawAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: Buffer
  /** Whether HTTP itself shows that something is missing. */
  readonly cut: boolean
}

export async function rawGet(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<RawAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<RawAnswer>()
  get(url, { agent: false, headers: { authorization: 'Bearer sk-test', ...headers } }, (answer) => {
    const chunks: Buffer[] = []
    const done = (cut: boolean): void =>
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks), cut })
    answer.on('data', (chunk: Buffer) => chunks.push(chunk))
    answer.on('error', () => done(true))
    answer.on('end', () => done(!answer.complete))
  }).on('error', reject)
  return promise
}
