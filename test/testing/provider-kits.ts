import {
  anthropic,
  azure,
  bedrock,
  deepinfra,
  gemini,
  groq,
  local,
  mistral,
  openai,
  openaiCompatible,
  together,
  xai,
} from 'offpeak'
import { startEmulator } from 'offpeak/emulator'
import type { OpenedService, ProviderKit } from 'offpeak/testing'
import { anthropicLines, bedrockLines, geminiLines, openaiLines, xaiLines } from './sample-lines.ts'

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

const mediaTypes = ['application/pdf', 'image/png']

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
    name: 'OpenAI, asked for vectors alone',
    open: emulator,
    env: ({ url, key }) => ({ OPENAI_BASE_URL: `${url}/v1`, OPENAI_API_KEY: key }),
    embedding: () => openai.embedding('text-embedding-3-small'),
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
  {
    name: 'Gemini',
    open: emulator,
    env: ({ url, key }) => ({ GOOGLE_GEMINI_BASE_URL: `${url}/gemini`, GEMINI_API_KEY: key }),
    chat: () => gemini('gemini-3.8-flash'),
    embedding: () => gemini.embedding('gemini-embedding-2'),
    mediaTypes,
    lines: geminiLines,
    notLines: [{ metadata: { key: 'abcd-0' } }],
  },
  {
    name: 'Amazon Bedrock',
    open: emulator,
    env: ({ url, key }) => ({
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: key,
      AWS_SECRET_ACCESS_KEY: key,
      AWS_ENDPOINT_URL_BEDROCK: `${url}/bedrock`,
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: `${url}/bedrock`,
      AWS_ENDPOINT_URL_S3: `${url}/bedrock/s3`,
      BEDROCK_BATCH_ROLE_ARN: 'arn:aws:iam::123456789012:role/suite',
      BEDROCK_BATCH_BUCKET: 'offpeak-emulator',
    }),
    chat: () => bedrock('global.anthropic.claude-haiku-4-5-20251001-v1:0'),
    mediaTypes,
    lines: bedrockLines,
    notLines: [{ totalRecordCount: 3, successRecordCount: 3 }],
  },
  {
    name: 'Together',
    open: emulator,
    env: ({ url, key }) => ({ TOGETHER_BASE_URL: `${url}/together/v1`, TOGETHER_API_KEY: key }),
    chat: () => together('meta-llama/Llama-3.3-70B-Instruct-Turbo'),
    mediaTypes,
    lines: openaiLines,
  },
  {
    name: 'Mistral',
    open: emulator,
    env: ({ key }) => ({ MISTRAL_API_KEY: key }),
    chat: (url) => mistral('mistral-small-latest', { baseUrl: `${url}/mistral` }),
    embedding: (url) => mistral.embedding('mistral-embed', { baseUrl: `${url}/mistral` }),
    mediaTypes,
    lines: openaiLines,
  },
  {
    name: 'xAI',
    open: emulator,
    env: ({ url, key }) => ({ XAI_BASE_URL: `${url}/xai/v1`, XAI_API_KEY: key }),
    chat: () => xai('grok-4.3'),
    mediaTypes,
    lines: xaiLines,
    notLines: [{ batch_request_id: 'abcd-0' }],
  },
  {
    name: 'Groq',
    open: emulator,
    env: ({ url, key }) => ({ GROQ_BASE_URL: `${url}/groq`, GROQ_API_KEY: key }),
    chat: () => groq('openai/gpt-oss-20b'),
    mediaTypes,
    lines: openaiLines,
  },
  {
    name: 'DeepInfra',
    open: emulator,
    env: ({ url, key }) => ({ DEEPINFRA_API_BASE: `${url}/deepinfra/v1/openai`, DEEPINFRA_API_KEY: key }),
    chat: () => deepinfra('openai/gpt-oss-120b'),
    embedding: () => deepinfra.embedding('BAAI/bge-m3'),
    mediaTypes,
    lines: openaiLines,
  },
  {
    name: 'a server of one’s own',
    isOwnServer: true,
    open: emulator,
    env: ({ key }) => ({ LOCAL_KEY: key }),
    chat: (url) => local({ baseUrl: `${url}/v1`, apiKeyEnv: 'LOCAL_KEY' })('gpt-4o-mini'),
    embedding: (url) =>
      local({ baseUrl: `${url}/v1`, apiKeyEnv: 'LOCAL_KEY' }).embedding('text-embedding-3-small'),
    mediaTypes,
    lines: openaiLines,
  },
]
