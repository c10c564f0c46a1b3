import { anthropic, azure, openai, openaiCompatible } from 'offpeak'
import { startEmulator } from 'offpeak/emulator'
import type { OpenedService, ProviderKit, SampleLine } from 'offpeak/testing'

/** The emulator, which takes one key alone; a batch lives for some milliseconds there. */
async function emulator(): Promise<OpenedService> {
  const key = 'key-of-the-kit-0123456789'
  const started = await startEmulator({ apiKeys: [key], speed: 1_000 })
  return {
    url: started.url,
    key,
    finish: () => undefined,
    [Symbol.asyncDispose]: () => started[Symbol.asyncDispose](),
  }
}

/** Mostly cached, so that a reader which leaves the cached tokens out of the input is caught. */
const usage = {
  prompt_tokens: 20,
  completion_tokens: 5,
  total_tokens: 25,
  prompt_tokens_details: { cached_tokens: 15 },
}

/** Lines of OpenAI and of whoever took over its files (OpenAI guide, Batch API). */
const openaiLines: readonly [SampleLine, ...SampleLine[]] = [
  {
    line: {
      id: 'batch_req_1',
      custom_id: 'abcd-0',
      response: {
        status_code: 200,
        request_id: 'r1',
        body: {
          model: 'gpt-4o-mini-2024-07-18',
          choices: [{ index: 0, message: { role: 'assistant', content: 'yes' }, finish_reason: 'stop' }],
          usage,
        },
      },
      error: null,
    },
    customId: 'abcd-0',
    answer: { kind: 'text', text: 'yes', usage: { inputTokens: 20, cachedTokens: 15, outputTokens: 5 } },
  },
  {
    line: {
      id: 'batch_req_2',
      custom_id: 'abcd-1',
      response: null,
      error: {
        code: 'batch_expired',
        message: 'This request could not be executed before the completion window expired.',
      },
    },
    customId: 'abcd-1',
    answer: { kind: 'error', outcome: 'expired' },
  },
  {
    line: {
      id: 'batch_req_3',
      custom_id: 'abcd-2',
      response: { status_code: 400, body: { error: { code: 'invalid_value', message: 'Bad request' } } },
      error: null,
    },
    customId: 'abcd-2',
    answer: { kind: 'error' },
  },
]

const mediaTypes = ['application/pdf', 'image/png']

/** Lines of Message Batches (Anthropic, API reference, results of a batch). */
const anthropicLines: readonly [SampleLine, ...SampleLine[]] = [
  {
    line: {
      custom_id: 'abcd-0',
      result: {
        type: 'succeeded',
        message: {
          id: 'msg_1',
          type: 'message',
          role: 'assistant',
          model: 'claude-haiku-5-5',
          content: [{ type: 'text', text: 'Yes.' }],
          stop_reason: 'end_turn',
          usage: {
            input_tokens: 10,
            cache_creation_input_tokens: 30,
            cache_read_input_tokens: 50,
            output_tokens: 5,
            service_tier: 'batch',
          },
        },
      },
    },
    customId: 'abcd-0',
    answer: { kind: 'text', text: 'Yes.' },
  },
  {
    line: { custom_id: 'abcd-1', result: { type: 'expired' } },
    customId: 'abcd-1',
    answer: { kind: 'error', outcome: 'expired' },
  },
]

/** Every provider that comes with Offpeak, by the emulator that plays its service: one entry each. */
export const kits: readonly ProviderKit[] = [
  {
    name: 'OpenAI',
    open: emulator,
    env: ({ url, key }) => ({ OPENAI_BASE_URL: `${url}/v1`, OPENAI_API_KEY: key }),
    chat: () => openai('gpt-4o-mini'),
    embedding: () => openai.embedding('text-embedding-3-small'),
    mediaTypes,
    lines: openaiLines,
  },
  {
    name: 'OpenAI by its Responses API',
    open: emulator,
    env: ({ url, key }) => ({ OPENAI_BASE_URL: `${url}/v1`, OPENAI_API_KEY: key }),
    chat: () => openai('gpt-4o-mini', { endpoint: '/v1/responses' }),
    mediaTypes,
    lines: openaiLines,
  },
  {
    name: 'Azure OpenAI',
    open: emulator,
    env: ({ url, key }) => ({ AZURE_OPENAI_ENDPOINT: url, AZURE_OPENAI_API_KEY: key }),
    chat: () => azure('gpt-4o-mini-batch', { model: 'gpt-4o-mini' }),
    mediaTypes,
    lines: openaiLines,
  },
  {
    name: 'a service of the OpenAI shape',
    open: emulator,
    env: ({ key }) => ({ SHAPE_KEY: key }),
    chat: (url) => openaiCompatible({ baseUrl: `${url}/v1`, apiKeyEnv: 'SHAPE_KEY' })('gpt-4o-mini'),
    embedding: (url) =>
      openaiCompatible({ baseUrl: `${url}/v1`, apiKeyEnv: 'SHAPE_KEY' }).embedding('text-embedding-3-small'),
    mediaTypes,
    lines: openaiLines,
  },
  {
    name: 'Anthropic',
    open: emulator,
    env: ({ url, key }) => ({ ANTHROPIC_BASE_URL: `${url}/anthropic`, ANTHROPIC_API_KEY: key }),
    chat: () => anthropic('claude-haiku-5-5'),
    mediaTypes,
    lines: anthropicLines,
  },
]
