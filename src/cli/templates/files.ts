export const providerChoices = [
  'azure',
  'openai',
  'anthropic',
  'bedrock',
  'deepinfra',
  'gemini',
  'groq',
  'local',
  'mistral',
  'together',
  'xai',
  'compatible',
] as const
export type ProviderChoice = (typeof providerChoices)[number]

/** A file that init writes. */
export interface NewFile {
  readonly path: string
  readonly text: string
  /** What is in it, for the list. */
  readonly words: string | null
}

export const ignoredPaths: readonly string[] = ['node_modules/', '.offpeak/', '.env', '.env.local']

export const configFile = `import { defineConfig } from 'offpeak'

export default defineConfig({
  // The built-in emulator answers, whatever keys there are: answers are invented and kept in .offpeak/emulator.
  // Without this line the provider answers, and a missing key is an error.
  emulator: true,
  // What a run may spend when its job does not say.
  budget: { perRun: '$5' },
})
`

/** Lines of a job file that depend on the provider. */
export interface ModelLines {
  readonly imports: string
  readonly before: string
  readonly model: string
  readonly embedding: string
}

/** How a job names its model, by provider. */
export const models: Readonly<Record<ProviderChoice, ModelLines>> = {
  azure: {
    imports: 'azure',
    before: '',
    model: "azure('gpt-4o-mini-batch'), // the name of your Global Batch deployment",
    embedding: "openai.embedding('text-embedding-3-small'), // Azure's batches make no vectors",
  },
  openai: {
    imports: 'openai',
    before: '',
    model: "openai('gpt-5.6-luna'),",
    embedding: "openai.embedding('text-embedding-3-small'),",
  },
  anthropic: {
    imports: 'anthropic',
    before: '',
    // What it thinks would count against the limit of an answer.
    model: "anthropic('claude-haiku-5-5'),\n  parameters: { thinking: { type: 'disabled' } },",
    embedding: "openai.embedding('text-embedding-3-small'), // Anthropic makes no vectors",
  },
  bedrock: {
    imports: 'bedrock',
    before: '',
    model:
      "bedrock('global.anthropic.claude-haiku-4-5-20251001-v1:0'), // a job needs 100 records: fewer are asked one by one",
    embedding: "openai.embedding('text-embedding-3-small'), // Claude makes no vectors",
  },
  xai: {
    imports: 'xai',
    before: '',
    model: "xai('grok-4.3'),",
    embedding: "openai.embedding('text-embedding-3-small'), // xAI's batches make no vectors",
  },
  gemini: {
    imports: 'gemini',
    before: '',
    // What it thinks would count against the limit of an answer.
    model:
      "gemini('gemini-3.8-flash'),\n  parameters: { generationConfig: { thinkingConfig: { thinkingBudget: 0 } } },",
    embedding: "gemini.embedding('gemini-embedding-2'),",
  },
  mistral: {
    imports: 'mistral',
    before: '',
    model: "mistral('mistral-small-latest'),",
    embedding: "mistral.embedding('mistral-embed'),",
  },
  deepinfra: {
    imports: 'deepinfra',
    before: '',
    model: "deepinfra('openai/gpt-oss-120b'),",
    embedding: "openai.embedding('text-embedding-3-small'), // the vectors of DeepInfra have no price here",
  },
  groq: {
    imports: 'groq',
    before: '',
    model: "groq('openai/gpt-oss-120b'),",
    embedding: "openai.embedding('text-embedding-3-small'), // Groq's batches make no vectors",
  },
  local: {
    imports: 'local',
    before: `
// Any server with a chat endpoint of OpenAI's shape: Ollama here; vLLM, llama.cpp and LM Studio have other ports.
const server = local({ baseUrl: 'http://127.0.0.1:11434/v1', concurrency: 4 })
`,
    model: "server('llama3.2'),",
    embedding: "server.embedding('nomic-embed-text'),",
  },
  together: {
    imports: 'together',
    before: '',
    model: "together('openai/gpt-oss-120b'),",
    embedding: "openai.embedding('text-embedding-3-small'), // Together's batches make no vectors",
  },
  compatible: {
    imports: 'openaiCompatible',
    before: `
// Any service with OpenAI's files and batches. Its models have no price here: set \`prices\` in offpeak.config.ts.
const service = openaiCompatible({ baseUrl: 'http://127.0.0.1:8000/v1', apiKeyEnv: 'LLM_API_KEY', name: 'my-service' })
`,
    model: "service('gpt-4o-mini'),",
    embedding: "service.embedding('text-embedding-3-small'),",
  },
}

/** Whose batches make no vectors, or none at a known price, so that OpenAI's are taken. */
const withoutVectors: readonly ProviderChoice[] = [
  'azure',
  'anthropic',
  'bedrock',
  'deepinfra',
  'groq',
  'together',
  'xai',
]

/** The import of a job file, its names in order. */
export function importLine(names: readonly string[]): string {
  return `import { ${names.toSorted((one, other) => (one < other ? -1 : 1)).join(', ')} } from 'offpeak'`
}

/** A job that writes a headnote for each court opinion of \`data/cases.jsonl\`. */
export function headnotesJob(provider: ProviderChoice): string {
  const { imports, before, model } = models[provider]
  return `${importLine(['defineJob', 'jsonl', 'truncate', imports])}
import { z } from 'zod'
${before}
const Case = z.object({
  id: z.number(),
  court: z.string(),
  decided: z.string(),
  opinion: z.string(),
})

const Headnote = z.object({
  headnote: z.string().min(20).describe('What was decided and why, in one or two sentences'),
  topics: z.array(z.string()).max(5).describe('Areas of law, in lower case'),
})

export default defineJob({
  name: 'headnotes',
  from: jsonl.rows({ file: 'data/cases.jsonl', key: 'id', row: Case }),
  model: ${model}
  maxTokens: 300,
  prompt: ({ row }) => ({
    system: 'You are a law reporter. Write a headnote for the opinion. State only what it says.',
    user: \`\${row.court}, \${row.decided}\\n\\n\${truncate(row.opinion, { characters: 150_000 })}\`,
  }),
  output: Headnote,
  to: {
    jsonl: 'out/headnotes.jsonl',
    line: ({ row, output, usage }) => ({ court: row.court, ...output, cost: usage.cost }),
  },
  budget: { perRun: '$5' },
})
`
}

/** Two jobs over `data/events.jsonl`: a summary of each event, and one vector for each from those of its chunks. */
export function enrichmentJobs(provider: ProviderChoice): string {
  const { imports, before, model, embedding } = models[provider]
  const vectors = withoutVectors.includes(provider) ? ['openai'] : []
  return `${importLine(['defineEmbedding', 'defineJob', 'jsonl', 'mean', imports, ...vectors])}
import { z } from 'zod'
${before}
const events = jsonl.rows({
  file: 'data/events.jsonl',
  key: 'id',
  row: z.object({ id: z.string(), authority: z.string(), text: z.string() }),
})

export const summaries = defineJob({
  name: 'summaries',
  // A new version does all events again.
  version: '1',
  from: events,
  model: ${model}
  maxTokens: 200,
  prompt: ({ row }) => ({
    system: 'Summarise the announcement in one or two English sentences.',
    user: \`\${row.authority}\\n\\n\${row.text}\`,
  }),
  output: z.object({ summary_en: z.string().min(20) }),
  to: {
    jsonl: 'out/summaries.jsonl',
    line: ({ output, provenance }) => ({ ...output, summary_model: provenance.model, summary_version: provenance.version }),
  },
  budget: { perRun: '$5' },
})

export const embeddings = defineEmbedding({
  name: 'embeddings',
  from: events.chunk({ field: 'text', tokens: 1_500, overlap: 0.1, encoding: 'cl100k_base' }),
  model: ${embedding}
  input: ({ row }) => row.chunk.text,
  // One vector for an event: the mean of those of its chunks, once all of them are there.
  join: { jsonl: 'out/embeddings.jsonl', line: ({ output }) => ({ embedding: mean(output) }) },
  budget: { perRun: '$5' },
})
`
}

/** The smallest job that does something. */
export function blankJob(provider: ProviderChoice): string {
  const { imports, before, model } = models[provider]
  return `${importLine(['defineJob', 'jsonl', imports])}
import { z } from 'zod'
${before}
export default defineJob({
  name: 'example',
  from: jsonl.rows({ file: 'data/records.jsonl', key: 'id', row: z.object({ id: z.string(), text: z.string() }) }),
  model: ${model}
  maxTokens: 200,
  prompt: ({ row }) => \`Say in one sentence what this is about:\\n\\n\${row.text}\`,
  to: { jsonl: 'out/example.jsonl' },
  budget: { perRun: '$1' },
})
`
}

export const blankRecords = `${[
  { id: 'a', text: 'The ferry to the islands leaves at six, unless the wind turns to the north.' },
  { id: 'b', text: 'Rye bread keeps for a week in a tin with a slice of apple beside it.' },
  { id: 'c', text: 'The library moved its maps to the second floor, where the light is better.' },
]
  .map((record) => JSON.stringify(record))
  .join('\n')}\n`

/** Packages through which a provider is called, besides Offpeak. */
export const providerPackages: Readonly<Partial<Record<ProviderChoice, readonly string[]>>> = {
  bedrock: ['@aws-sdk/client-bedrock', '@aws-sdk/client-s3'],
}

const environments: Readonly<Record<ProviderChoice, readonly string[]>> = {
  azure: [
    'AZURE_OPENAI_ENDPOINT=https://your-resource.openai.azure.com/',
    'AZURE_OPENAI_API_KEY=',
    '# A date such as 2024-10-21, or v1.',
    'AZURE_OPENAI_API_VERSION=v1',
  ],
  openai: ['OPENAI_API_KEY='],
  anthropic: ['ANTHROPIC_API_KEY='],
  bedrock: [
    '# Keys, a profile, or nothing where the machine has a role of its own.',
    'AWS_ACCESS_KEY_ID=',
    'AWS_SECRET_ACCESS_KEY=',
    'AWS_REGION=us-east-1',
    '# A bucket of that region, and the role that reads and writes it for Bedrock.',
    'BEDROCK_BATCH_BUCKET=',
    'BEDROCK_BATCH_ROLE_ARN=arn:aws:iam::123456789012:role/name',
  ],
  xai: ['XAI_API_KEY='],
  gemini: ['GEMINI_API_KEY='],
  mistral: ['MISTRAL_API_KEY='],
  deepinfra: ['DEEPINFRA_API_KEY='],
  groq: ['GROQ_API_KEY='],
  local: ['# A server of your own needs no key.'],
  together: ['TOGETHER_API_KEY='],
  compatible: ['LLM_API_KEY='],
}

/** The names that \`.env\` can hold, without values. */
export function envExample(provider: ProviderChoice, makesVectors: boolean): string {
  return [
    '# Copy this file to .env and fill in the key. Until `emulator: true` leaves offpeak.config.ts, the emulator answers.',
    ...environments[provider],
    ...(makesVectors && withoutVectors.includes(provider) ? environments.openai : []),
    '',
    '# Where postgres.rows() and table sinks go.',
    '# DATABASE_URL=postgres://user:password@host:5432/database',
    '',
  ].join('\n')
}
