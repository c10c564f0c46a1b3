/**
 * What a team writes around Offpeak: every type of a signature by its name, so that helpers of one's own can be typed. It
 * is compiled by `npm run typecheck` and never run.
 */
import {
  attach,
  azure,
  clean,
  csv,
  defineConfig,
  duckdb,
  files,
  groq,
  jsonl,
  jsonSchema,
  OffpeakError,
  openai,
  openaiCompatible,
  openDatabase,
  parquet,
  postgres,
  rows,
  sql,
  sqlite,
  template,
  truncate,
} from 'offpeak'
import type {
  Accounts,
  AnswerLength,
  AskedPart,
  AttachOptions,
  AzureAccount,
  AzureModelOptions,
  BedrockAccount,
  BedrockModelOptions,
  ChatModel,
  CleanOptions,
  CodeRowsOptions,
  CompatibleAccount,
  CompatibleService,
  CostEstimate,
  CsvRowsOptions,
  Database,
  DatabaseConnection,
  DuckdbRowsOptions,
  DuckdbSetup,
  ErrorDetail,
  Estimate,
  FileRow,
  FilesOptions,
  Follower,
  GroqModelOptions,
  HeldTransaction,
  ImageRow,
  JobChange,
  JobDefinition,
  JsonlRowsOptions,
  KeyAccount,
  LeftOut,
  MakePrompt,
  MeaningPart,
  MistralAccount,
  MistralModelOptions,
  Model,
  ModelAccount,
  ModelOptions,
  OpenaiAccount,
  OutlineOptions,
  ParquetRowsOptions,
  PauseKind,
  PdfRow,
  Plan,
  PlanContents,
  PlanQuota,
  PostgresRowsOptions,
  PriceZone,
  RecordContext,
  RefusedFollower,
  RowSort,
  RunState,
  RunStatus,
  ServiceModels,
  Settings,
  SinkDefinition,
  Sql,
  SqliteRowsOptions,
  Task,
  Template,
  TextEncoding,
  TextRow,
  TransactionMode,
  Truncation,
  Validator,
  WaitKind,
} from 'offpeak'

const key = { key: 'id' } as const
const encoding: TextEncoding = 'utf-16le'
const setup: DuckdbSetup = duckdb.setup`install httpfs`
const cases: Sql = sql`select id, full_text from court_cases`
const [ofCsv, ofJsonl, ofParquet, ofSqlite, ofPostgres, ofDuckdb, ofCode]: readonly [
  CsvRowsOptions,
  JsonlRowsOptions,
  ParquetRowsOptions,
  SqliteRowsOptions,
  PostgresRowsOptions,
  DuckdbRowsOptions,
  CodeRowsOptions,
] = [
  { file: 'cases.csv', encoding, ...key },
  { file: 'cases.jsonl', ...key },
  { file: 'cases.parquet', ...key },
  { file: 'cases.db', query: cases, ...key },
  { query: cases, ...key },
  { query: cases, setup: [setup], ...key },
  key,
]

const inFolder: FilesOptions = { cwd: 'inbox', maxBytes: 10_000_000 }
const outlined: OutlineOptions = { level: 2 }

export const sources = [
  csv.rows(ofCsv),
  jsonl.rows(ofJsonl),
  parquet.rows(ofParquet),
  sqlite.rows(ofSqlite),
  postgres.rows(ofPostgres),
  duckdb.rows(ofDuckdb),
  rows(async function* () {}, ofCode),
  files.pdf('*.pdf', inFolder),
  files.outline('lessons.md', outlined),
]

export const pathOf = (row: PdfRow | ImageRow | TextRow | FileRow): string => row.path

export const scan = (row: FileRow, options: AttachOptions) => attach(row, options)

export function shortened(text: string, how: Truncation, options: CleanOptions): string {
  return clean(truncate(text, how), options)
}

export const greeting: Template<'name'> = template('greeting.md', ['name'])

export const checked = <Output>(validator: Validator<Output>) => jsonSchema<Output>({}, validator)

const place: AzureAccount = { name: 'north', endpointEnv: 'NORTH_ENDPOINT', apiKeyEnv: 'NORTH_KEY' }
const zone: PriceZone = 'eu'
const deployed: AzureModelOptions = { accounts: [place], model: 'gpt-4o-mini', zone }
const [first, other]: readonly [OpenaiAccount, KeyAccount] = [{ apiKeyEnv: 'ONE' }, { apiKeyEnv: 'TWO' }]
const byKeys: Accounts<OpenaiAccount> & ModelOptions = {
  endpoint: '/v1/responses',
  accounts: [first, other],
}
const region: BedrockAccount = { name: 'west', region: 'us-west-2' }
export const atAmazon: BedrockModelOptions = { accounts: [region] }
const parisKey: MistralAccount = { apiKeyEnv: 'PARIS_KEY' }
export const atMistral: MistralModelOptions = { accounts: [parisKey] }
const second: CompatibleAccount = { name: 'second', apiKeyEnv: 'SECOND_KEY' }
const hosted: CompatibleService = { baseUrl: 'https://llm.example/v1' }
const slow: GroqModelOptions = { window: '7d' }
const service: ServiceModels = openaiCompatible(hosted)
export const models: readonly ChatModel[] = [
  azure('batch', deployed),
  openai('gpt-4o-mini', byKeys),
  service('m'),
  groq('llama', slow),
]
export const accountNames = (model: Model): readonly string[] => [
  ...(model.accounts ?? []).map(({ name }: ModelAccount) => name),
  second.name ?? '',
]

export async function count(mode: TransactionMode, statement: Sql): Promise<number> {
  await using database: Database = await openDatabase('postgres://db.example/cases')
  const held: HeldTransaction = await database.hold(mode)
  const ask = async (connection: DatabaseConnection): Promise<number> =>
    (await connection.query(statement)).length
  const found = await ask(held.connection)
  await held.end('rollback')
  return found
}

export const settings: Settings = defineConfig({ jobs: 'jobs/*.job.ts' })

export function failure(message: string, detail: ErrorDetail): OffpeakError {
  return new OffpeakError('E_USAGE', message, detail)
}

export interface Summary {
  readonly cost: CostEstimate
  readonly outputTokens: Estimate
  readonly length: AnswerLength
  readonly quota: PlanQuota
  readonly contents: PlanContents
  readonly followers: readonly Follower[]
}

const short = { truncated: 'cut', prompt: 'reads otherwise' } as const satisfies Partial<
  Record<LeftOut | MeaningPart | AskedPart, string>
>

export function planned({ cost }: Plan): string {
  return `${cost?.likelyMicroUsd ?? 0} ${Object.values(short).join()}`
}

export interface Standing {
  readonly state: RunState
  readonly pausedFor: PauseKind | null
  readonly waitsFor: WaitKind | null
  readonly change: JobChange | null
  readonly refused: readonly RefusedFollower[]
}

export function standing({ state, pauseKind, wait, jobChange, notStarted }: RunStatus): Standing {
  return {
    state,
    pausedFor: pauseKind,
    waitsFor: wait?.for ?? null,
    change: jobChange,
    refused: notStarted,
  }
}

export const newest: RowSort = { field: 'key', descending: true }
export const task: Task = 'chat'
export const asks: MakePrompt<{ readonly text: string }, unknown, unknown> = ({ row }) => row.text
export const nameOf = ({ name }: JobDefinition<unknown, unknown, unknown, unknown>): string => name
export const written = <Context extends RecordContext>(to: SinkDefinition<Context>) => to
