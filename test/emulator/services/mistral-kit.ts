import { text } from 'node:stream/consumers'
import { Mistral } from '@mistralai/mistralai'
import type { BatchJob } from '@mistralai/mistralai/models/components/batchjob.js'
import type { CreateBatchJobRequest } from '@mistralai/mistralai/models/components/createbatchjobrequest.js'
import { MistralError } from '@mistralai/mistralai/models/errors/mistralerror.js'
import type { Emulator } from '../../../src/emulator/index.ts'

export const model = 'mistral-small-latest'

export function mistral(emulator: Emulator): Mistral {
  return new Mistral({ apiKey: 'test-key', serverURL: emulator.baseUrls['mistral'] ?? '' })
}

export function textAbout(index: number): string {
  return `Say something about record ${index}. It arrived in the morning and was read at noon.`
}

export function chatBody(index: number, more: object = {}): Record<string, unknown> {
  return { messages: [{ role: 'user', content: textAbout(index) }], ...more }
}

/** Lines of an input file. */
export function lines(count: number, more: object = {}): string {
  return Array.from(
    { length: count },
    (_value, index) => `${JSON.stringify({ custom_id: `record-${index}`, body: chatBody(index, more) })}\n`,
  ).join('')
}

export async function upload(client: Mistral, content: string): Promise<string> {
  const file = await client.files.upload({ file: new File([content], 'input.jsonl'), purpose: 'batch' })
  return file.id
}

export async function submit(
  client: Mistral,
  content: string,
  more: Partial<CreateBatchJobRequest> = {},
): Promise<BatchJob> {
  return client.batch.jobs.create({
    inputFiles: [await upload(client, content)],
    endpoint: '/v1/chat/completions',
    model,
    ...more,
  })
}

const endStates: readonly string[] = ['SUCCESS', 'FAILED', 'TIMEOUT_EXCEEDED', 'CANCELLED']

/** Polls until the job has ended. */
export async function ended(client: Mistral, jobId: string): Promise<BatchJob> {
  while (true) {
    const job = await client.batch.jobs.get({ jobId })
    if (endStates.includes(job.status)) return job
    await new Promise((resolve) => {
      setTimeout(resolve, 5)
    })
  }
}

export interface ResultLine {
  readonly id: string
  readonly custom_id: string | null
  readonly response: {
    readonly status_code: number
    readonly body: {
      readonly choices?: readonly {
        readonly finish_reason: string
        readonly message: { readonly content: unknown; readonly tool_calls: unknown }
      }[]
      readonly message?: unknown
      readonly [key: string]: unknown
    }
  }
  readonly error: unknown
}

export async function resultsOf(
  client: Mistral,
  fileId: string | null | undefined,
): Promise<readonly ResultLine[]> {
  if (!fileId) return []
  const content = await text(await client.files.download({ fileId }))
  return content
    .split('\n')
    .filter((line) => line !== '')
    .map((line): ResultLine => JSON.parse(line))
}

/** The lines of both files of a job, in the order of their ids. */
export async function linesOf(client: Mistral, job: BatchJob): Promise<readonly ResultLine[]> {
  const all = [...(await resultsOf(client, job.outputFile)), ...(await resultsOf(client, job.errorFile))]
  const place = ({ id }: ResultLine): number => Number(id.split('-').at(-1))
  return all.toSorted((a, b) => place(a) - place(b))
}

export function contentOf(line: ResultLine | undefined): string {
  const content = line?.response.body.choices?.[0]?.message.content
  return typeof content === 'string' ? content : JSON.stringify(content)
}

/** The refusal that a call must end in, and its body. */
export async function refusal(
  call: Promise<unknown>,
): Promise<{ readonly status: number; readonly body: unknown }> {
  try {
    await call
  } catch (error) {
    if (error instanceof MistralError) return { status: error.statusCode, body: JSON.parse(error.body) }
    throw error
  }
  throw new Error('The call was not refused.')
}

/** A call that the SDK would not make. */
export async function post(
  emulator: Emulator,
  path: string,
  body: unknown,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const answer = await fetch(`${emulator.baseUrls['mistral']}/v1/${path}`, {
    method: 'POST',
    headers: { authorization: 'Bearer k', 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  const answered: unknown = JSON.parse(await answer.text())
  return { status: answer.status, body: answered }
}
