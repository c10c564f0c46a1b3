/** What a job file imports, each name used as there. It is compiled by `npm run typecheck` and never run. */
import { z } from 'zod'
import {
  anthropic,
  attach,
  azure,
  bedrock,
  type BedrockModelOptions,
  deepinfra,
  groq,
  local,
  type LocalService,
  together,
  clean,
  csv,
  defineConfig,
  defineEmbedding,
  defineJob,
  duckdb,
  env,
  fewShot,
  files,
  gemini,
  jsonl,
  jsonSchema,
  mean,
  mistral,
  openai,
  openaiCompatible,
  parquet,
  postgres,
  rows,
  sql,
  sqlite,
  template,
  text,
  truncate,
  xai,
} from 'offpeak'
import type {
  AnswerUsage,
  Budget,
  Candidate,
  ChatModel,
  Chunk,
  ChunkOptions,
  ChunkScope,
  ContentPart,
  CsvSink,
  Destination,
  EmbeddingModel,
  FewShot,
  FilePart,
  FileSink,
  FromContext,
  HeaderValue,
  Job,
  JoinContext,
  JsonlSink,
  Message,
  Model,
  OutlineSection,
  OwnSink,
  ParquetSink,
  Prompt,
  PromptContext,
  ReadFrom,
  ReadRows,
  Retry,
  Score,
  SinkConnector,
  SinkContext,
  SinkDefinition,
  Source,
  TableSink,
  TextField,
  Track,
  TrackedBatch,
  TrackedRecord,
  UpsertSink,
  Values,
} from 'offpeak'

interface Note {
  readonly id: number
  readonly text: string
}

interface Answered {
  readonly summary: string
}

const note = z.object({ id: z.number(), text: z.string() })
const read: ReadRows<{ id: number; text: string }> = ({ skip }: ReadFrom) => [{ id: skip, text: 'a' }]

export const sources: readonly Source<unknown>[] = [
  postgres.rows({ query: sql`select id, text from notes where id > ${1}`, key: 'id', row: note }),
  sqlite.rows({ file: 'notes.db', query: sql`select 1 as id`, key: ['id'] }),
  duckdb.rows({ query: sql`select 1 as id`, key: 'id' }),
  jsonl.rows({ file: env('NOTES', 'notes.jsonl'), key: 'id' }),
  csv.rows({ file: 'notes.csv', key: 'id' }),
  parquet.rows({ file: 'notes.parquet', key: 'id' }),
  rows(read, { key: 'id' }),
  files.pdf('*.pdf'),
]

const notes: Source<Note> = jsonl.rows({ file: 'notes.jsonl', key: 'id', row: note })
const field: TextField<Note> = 'text'
const pieces: ChunkOptions<typeof field> = { field, tokens: 800, overlap: 0.1 }
export const chunks: Source<{ readonly id: number; readonly chunk: Chunk }> = notes
  .filter(({ text }) => text !== '')
  .limitPer('text', 3)
  .chunk(pieces)
export const titles: Source<string> = files
  .outline('course.md', { level: 3 })
  .flatMap((section: OutlineSection): readonly string[] => [section.title])

const header: HeaderValue = { env: 'TENANT' }
const chat: ChatModel = openaiCompatible({
  baseUrl: 'http://localhost:8000/v1',
  headers: { tenant: header },
})('a')
const embedding: EmbeddingModel = openai.embedding('text-embedding-3-small')
const server: LocalService = { baseUrl: 'http://localhost:11434/v1', concurrency: 2 }
const place: BedrockModelOptions = { region: 'eu-central-1', bucket: 'batches' }
const further: readonly Model[] = [
  anthropic('claude-haiku-5-5'),
  gemini.embedding('gemini-embedding-2'),
  mistral('mistral-small-latest'),
  xai('grok-4.3'),
  deepinfra('openai/gpt-oss-120b'),
  groq('openai/gpt-oss-120b'),
  together('openai/gpt-oss-120b'),
  local(server)('llama3.2'),
  bedrock('global.anthropic.claude-haiku-4-5-20251001-v1:0', place),
]
export const models: readonly Model[] = [chat, embedding, azure('deployment', { zone: 'eu' }), ...further]

const page: FilePart = attach('scan.pdf', { pages: [1, 2] })
const parts: readonly ContentPart[] = [text('Read this.'), page]
const message: Message = { role: 'user', content: parts }
const examples: FewShot<Note> = fewShot(notes)
const prompt = ({ row, examples }: PromptContext<Note, { readonly tone: string }, Note>): Prompt => ({
  messages: [
    message,
    { role: 'user', content: `${truncate(row.text, { characters: 100 })}${examples.length}` },
  ],
})
export const other: Prompt = template('prompts/a.md', ['title'])({ title: 'A' })

const candidate: Candidate<Note, { readonly tone: string }, Note> = { model: chat, temperature: 0 }
const score: Score<Note, Answered> = { of: ({ output }) => output.summary.length / 100, min: 0.5 }
const budget: Budget = { perRun: '$1', perDay: '$2' }
const retry: Retry = { max: 2, repair: true, realtime: { after: '20h', maxRows: 100, deliveryMode: 'flex' } }

type Written = SinkContext<Note, Answered>
const costOf = ({ usage }: { readonly usage: AnswerUsage }): Values => ({ cost: usage.cost })
const table: TableSink<Written> = {
  table: 'notes',
  set: ({ output }) => ({ summary: clean(output.summary) }),
}
const scope: ChunkScope = { of: 'id', chunk: 'n' }
const upsert: UpsertSink<Written> = { upsert: 'notes', key: ['id', 'n'], scope, set: costOf }
const lines: JsonlSink<Written> = { jsonl: 'out.jsonl', line: costOf }
const cells: CsvSink<Written> = { csv: 'out.csv', escapeFormulas: true }
const columns: ParquetSink<Written> = { parquet: 'out.parquet' }
const document: FileSink<Written> = {
  file: ({ key }) => `${key}.md`,
  content: ({ output }) => output.summary,
}
declare const connector: SinkConnector
const own: OwnSink<Written> = { sink: connector, values: costOf }
export const sinks: readonly SinkDefinition<Written>[] = [table, upsert, lines, cells, columns, document, own]
export const destination: Destination<Note, Answered> = {
  to: table,
  join: { table: 'notes', set: ({ output }: JoinContext<Note, Answered>) => ({ all: output.length }) },
}

const records: TableSink<TrackedRecord> = { table: 'notes', set: ({ state }) => ({ state }) }
const batches: UpsertSink<TrackedBatch> = { upsert: 'batches', key: 'id', set: ({ id }) => ({ id }) }
const track: Track = { records, batches }

export const job: Job<Note, { readonly tone: string }, Answered, Note> = defineJob({
  name: 'notes',
  params: z.object({ tone: z.string() }),
  from: ({ params }: FromContext<{ readonly tone: string }>) => (params.tone === '' ? notes : notes.limit(1)),
  model: chat,
  examples,
  prompt,
  candidates: { cold: candidate },
  output: z.object({ summary: z.string() }),
  score,
  to: own,
  budget,
  retry,
  track,
})

const valid = (value: unknown): value is Answered => typeof value === 'object'

export const answered: Job<Note, Readonly<Record<string, never>>, Answered> = defineJob({
  name: 'plain',
  from: notes,
  model: chat,
  prompt: ({ row }) => row.text,
  output: jsonSchema<Answered>({ type: 'object' }, valid),
  to: lines,
})

export const vectors: Job<Note, Readonly<Record<string, never>>, readonly number[]> = defineEmbedding({
  name: 'vectors',
  from: notes,
  model: embedding,
  input: ({ row }) => row.text,
  join: { table: 'notes', set: ({ output }) => ({ vector: mean(output) }) },
})

export const config: object = defineConfig({ emulator: true, database: 'pglite:.offpeak/db' })
