import type { Emulator } from '../../../src/emulator/index.ts'

/** The batch object of xAI, as its protocol has it. */
export interface XaiBatch {
  readonly batch_id: string
  readonly name: string
  readonly create_time: string
  readonly expire_time: string
  readonly create_api_key_id: string
  readonly cancel_time: string | null
  readonly cancel_by_xai_message: string | null
  readonly state: Readonly<
    Record<'num_requests' | 'num_pending' | 'num_success' | 'num_error' | 'num_cancelled', number>
  >
  readonly cost_breakdown: { readonly total_cost_usd_ticks: number }
  readonly input_file_id?: string
}

export interface XaiResult {
  readonly batch_request_id: string
  readonly batch_result: {
    readonly response?: {
      readonly chat_get_completion: {
        readonly choices: readonly { readonly message: { readonly content: string } }[]
        readonly usage: {
          readonly prompt_tokens: number
          readonly completion_tokens: number
          readonly cost_in_usd_ticks: number
        }
        readonly service_tier?: string
      }
    }
    readonly error?: string
  }
}

export interface Answer<T> {
  readonly status: number
  readonly body: T
}

/** A call to xAI; there is no official client for Node, so this is the plainest one. */
export async function xai<T = XaiBatch>(
  emulator: Emulator,
  method: string,
  path: string,
  body?: object | FormData,
): Promise<Answer<T>> {
  const form = body instanceof FormData
  const response = await fetch(`${emulator.baseUrls['xai']}${path}`, {
    method,
    headers: { authorization: 'Bearer xai-test', ...(form ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: form ? body : JSON.stringify(body) }),
  })
  const answer: T = JSON.parse(await response.text())
  return { status: response.status, body: answer }
}

export function chatBody(index: number, model = 'grok-4.3'): object {
  const content = `Say something about record ${index}. It arrived in the morning and was read at noon.`
  return { model, messages: [{ role: 'user', content }] }
}

export function elements(from: number, count: number, model?: string): readonly object[] {
  return Array.from({ length: count }, (_value, index) => ({
    batch_request_id: `record-${from + index}`,
    batch_request: { chat_get_completion: chatBody(from + index, model) },
  }))
}

export function fileLines(count: number): string {
  return Array.from(
    { length: count },
    (_value, index) =>
      `${JSON.stringify({ custom_id: `record-${index}`, method: 'POST', url: '/v1/chat/completions', body: chatBody(index) })}\n`,
  ).join('')
}

export async function container(emulator: Emulator, count: number, model?: string): Promise<string> {
  const { body } = await xai(emulator, 'POST', '/batches', { name: 'of a test' })
  await add(emulator, body.batch_id, elements(0, count, model))
  return body.batch_id
}

export function add(
  emulator: Emulator,
  id: string,
  requests: readonly object[],
): Promise<Answer<{ readonly error?: string }>> {
  return xai(emulator, 'POST', `/batches/${id}/requests`, { batch_requests: requests })
}

export async function uploaded(emulator: Emulator, content: string): Promise<string> {
  const form = new FormData()
  form.append('purpose', 'batch')
  form.append('file', new Blob([content]), 'input.jsonl')
  return (await xai<{ id: string }>(emulator, 'POST', '/files', form)).body.id
}

export async function batchOf(emulator: Emulator, id: string): Promise<XaiBatch> {
  return (await xai(emulator, 'GET', `/batches/${id}`)).body
}

/** Polls until a batch shows what is waited for. */
export async function until(
  emulator: Emulator,
  id: string,
  isSo: (batch: XaiBatch) => boolean,
): Promise<XaiBatch> {
  while (true) {
    const batch = await batchOf(emulator, id)
    if (isSo(batch)) return batch
    await new Promise((resolve) => {
      setTimeout(resolve, 5)
    })
  }
}

export const isDone = ({ state }: XaiBatch): boolean => state.num_requests > 0 && state.num_pending === 0

/** Polls until there are as many results as are waited for. */
export async function resultsOf(
  emulator: Emulator,
  id: string,
  count: number,
): Promise<readonly XaiResult[]> {
  while (true) {
    const results = (await pagesOf(emulator, id)).flat()
    if (results.length >= count) return results
    await new Promise((resolve) => {
      setTimeout(resolve, 5)
    })
  }
}

interface ResultPage {
  readonly results: readonly XaiResult[]
  readonly pagination_token: string | null
}

/** The pages of results of a batch. */
export async function pagesOf(
  emulator: Emulator,
  id: string,
  limit = 1000,
): Promise<readonly (readonly XaiResult[])[]> {
  const pages: (readonly XaiResult[])[] = []
  let token: string | null = null
  do {
    const query: string = token === null ? '' : `&pagination_token=${token}`
    const { body }: Answer<ResultPage> = await xai<ResultPage>(
      emulator,
      'GET',
      `/batches/${id}/results?limit=${limit}${query}`,
    )
    pages.push(body.results)
    token = body.pagination_token
  } while (token !== null)
  return pages
}
