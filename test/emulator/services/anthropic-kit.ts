import Anthropic, { APIError } from '@anthropic-ai/sdk'
import type { Emulator } from '../../../src/emulator/index.ts'

export function anthropic(emulator: Emulator): Anthropic {
  return new Anthropic({ apiKey: 'sk-ant-test', baseURL: emulator.baseUrls['anthropic'], maxRetries: 0 })
}

export type Request = Anthropic.Messages.BatchCreateParams.Request
export type Params = Partial<Anthropic.MessageCreateParamsNonStreaming>

/** One request about a record. */
export function request(index: number, params: Params = {}, customId = `record-${index}`): Request {
  const content = `Say something about record ${index}. It arrived in the morning and was read at noon.`
  return {
    custom_id: customId,
    params: {
      model: 'claude-haiku-5-5',
      max_tokens: 500,
      thinking: { type: 'disabled' },
      messages: [{ role: 'user', content }],
      ...params,
    },
  }
}

export function requests(count: number, params: Params = {}): Request[] {
  return Array.from({ length: count }, (_value, index) => request(index, params))
}

/** Polls until the batch has ended. */
export async function ended(client: Anthropic, id: string): Promise<Anthropic.Messages.MessageBatch> {
  while (true) {
    const batch = await client.messages.batches.retrieve(id)
    if (batch.processing_status === 'ended') return batch
    await new Promise((resolve) => {
      setTimeout(resolve, 5)
    })
  }
}

export type Result = Anthropic.Messages.MessageBatchIndividualResponse

export async function resultsOf(client: Anthropic, id: string): Promise<readonly Result[]> {
  return Array.fromAsync(await client.messages.batches.results(id))
}

/** The message of a request that succeeded. */
export function messageOf(results: readonly Result[], customId: string): Anthropic.Message {
  const found = results.find((result) => result.custom_id === customId)?.result
  if (found?.type !== 'succeeded') throw new Error(`${customId} did not succeed: ${JSON.stringify(found)}`)
  return found.message
}

/** What a message says, without what was thought. */
export function textOf(message: Anthropic.Message): string {
  return message.content.map((block) => (block.type === 'text' ? block.text : '')).join('')
}

/** How often each kind of result is there. */
export function kindsOf(results: readonly Result[]): Readonly<Record<string, number>> {
  const kinds = new Map<string, number>()
  for (const { result } of results) kinds.set(result.type, (kinds.get(result.type) ?? 0) + 1)
  return Object.fromEntries(kinds)
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
