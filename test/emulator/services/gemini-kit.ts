import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  ApiError,
  type BatchJob,
  type File as UploadedFile,
  type GenerateContentResponse,
  GoogleGenAI,
  type InlinedRequest,
  JobState,
} from '@google/genai'
import type { Emulator } from '../../../src/emulator/index.ts'

export const model = 'gemini-2.5-flash'

export function gemini(emulator: Emulator): GoogleGenAI {
  return new GoogleGenAI({ apiKey: 'AIza-test', httpOptions: { baseUrl: emulator.baseUrls['gemini'] ?? '' } })
}

export function textAbout(index: number): string {
  return `Say something about record ${index}. It arrived in the morning and was read at noon.`
}

/** Requests in the call itself, each with its key; thinking is off unless it is asked for. */
export function inlined(count: number, config: InlinedRequest['config'] = {}): InlinedRequest[] {
  return Array.from({ length: count }, (_value, index) => ({
    contents: [{ role: 'user', parts: [{ text: textAbout(index) }] }],
    metadata: { key: `record-${index}` },
    config: { thinkingConfig: { thinkingBudget: 0 }, ...config },
  }))
}

/** Lines of an input file. */
export function lines(count: number, request: object = {}): string {
  return Array.from(
    { length: count },
    (_value, index) =>
      `${JSON.stringify({
        key: `record-${index}`,
        request: {
          contents: [{ role: 'user', parts: [{ text: textAbout(index) }] }],
          generationConfig: { thinkingConfig: { thinkingBudget: 0 } },
          ...request,
        },
      })}\n`,
  ).join('')
}

export async function upload(client: GoogleGenAI, content: string): Promise<UploadedFile> {
  return client.files.upload({
    file: new Blob([content]),
    config: { mimeType: 'application/jsonl', displayName: 'input' },
  })
}

const endStates: readonly unknown[] = [
  JobState.JOB_STATE_SUCCEEDED,
  JobState.JOB_STATE_FAILED,
  JobState.JOB_STATE_CANCELLED,
  JobState.JOB_STATE_EXPIRED,
]

/** Polls until the batch has ended. */
export async function ended(client: GoogleGenAI, name: string | undefined): Promise<BatchJob> {
  while (true) {
    const job = await client.batches.get({ name: name ?? '' })
    if (endStates.includes(job.state)) return job
    await new Promise((resolve) => {
      setTimeout(resolve, 5)
    })
  }
}

/** A line of a file of responses. */
export interface ResponseLine {
  readonly key?: string
  readonly response?: GenerateContentResponse & {
    readonly embedding?: { readonly values: readonly number[] }
    readonly tokenCount?: string
  }
  readonly error?: { readonly code: number; readonly message: string }
}

/** The file of responses, as the SDK's own download brings it to the disk. */
export async function responsesOf(client: GoogleGenAI, job: BatchJob): Promise<readonly ResponseLine[]> {
  const folder = await mkdtemp(join(tmpdir(), 'gemini-responses-'))
  try {
    const downloadPath = join(folder, 'responses.jsonl')
    await client.files.download({ file: job.dest?.fileName ?? '', downloadPath })
    const text = await readFile(downloadPath, 'utf8')
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line): ResponseLine => JSON.parse(line))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** What an answer says, without what was thought. */
export function saidBy(response: ResponseLine['response']): string {
  const parts = response?.candidates?.[0]?.content?.parts ?? []
  return parts.map((part) => (part.thought === true ? '' : (part.text ?? ''))).join('')
}

/** The body of an answer without the SDK, which would hide its shape. */
export async function raw(
  emulator: Emulator,
  path: string,
  init: RequestInit = {},
): Promise<{ readonly status: number; readonly headers: Headers; readonly body: unknown }> {
  const answer = await fetch(`${emulator.baseUrls['gemini']}/${path}`, {
    ...init,
    headers: { 'x-goog-api-key': 'k', 'content-type': 'application/json', ...Object(init.headers) },
  })
  const text = await answer.text()
  return { status: answer.status, headers: answer.headers, body: text === '' ? null : JSON.parse(text) }
}

export async function post(emulator: Emulator, path: string, body: unknown): ReturnType<typeof raw> {
  return raw(emulator, path, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
}

/** The refusal that a call must end in. */
export async function refusal(call: Promise<unknown>): Promise<ApiError> {
  try {
    await call
  } catch (error) {
    if (error instanceof ApiError) return error
    throw error
  }
  throw new Error('The call was not refused.')
}
