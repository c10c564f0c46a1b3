export { env } from './config/environment.ts'
export { defineConfig, type Settings } from './config/settings.ts'
export { type CodeRowsOptions, type ReadFrom, type ReadRows, rows } from './connectors/code/rows.ts'
export {
  type DatabaseConnection,
  type Database,
  type HeldTransaction,
  openDatabase,
  type TransactionMode,
} from './connectors/database/database.ts'
export { files, type FilesOptions, type ImageRow, type TextRow } from './connectors/files/files-source.ts'
export type { OutlineSection } from './connectors/files/outline-sections.ts'
export { csv, type CsvRowsOptions } from './connectors/row-files/csv-source.ts'
export { chain } from './connectors/pipeline/pipeline.ts'
export { checkedRecord, keyFields } from './connectors/record.ts'
export { duckdb, type DuckdbRowsOptions } from './connectors/duckdb/rows.ts'
export type { DuckdbSetup } from './connectors/duckdb/setup.ts'
export { jsonl, type JsonlRowsOptions } from './connectors/row-files/jsonl-source.ts'
export { parquet, type ParquetRowsOptions } from './connectors/parquet/parquet-source.ts'
export { postgres, type PostgresRowsOptions } from './connectors/postgres/rows.ts'
export { sql, type Sql } from './connectors/database/sql.ts'
export { template, type Template } from './connectors/files/template.ts'
export { sqlite, type SqliteRowsOptions } from './connectors/sqlite/rows.ts'
export { mean } from './planning/mean.ts'
export { attach, type AttachOptions, type FileRow, text } from './planning/requests/attach.ts'
export { jsonSchema, type Validator } from './planning/schema/plain-json-schema.ts'
export { clean, type CleanOptions } from './planning/answers/clean.ts'
export { truncate, type Truncation } from './planning/tokens/truncate.ts'
export { exactNumbers } from './planning/text/raw-numbers.ts'
export { anthropic } from './providers/anthropic/models.ts'
export { bedrock, type BedrockAccount, type BedrockModelOptions } from './providers/bedrock/models.ts'
export { gemini } from './providers/gemini/models.ts'
export { local, type LocalService } from './providers/local/models.ts'
export { mistral, type MistralAccount, type MistralModelOptions } from './providers/mistral/models.ts'
export {
  type Accounts,
  azure,
  type AzureAccount,
  type AzureModelOptions,
  type CompatibleAccount,
  type CompatibleService,
  type ModelOptions,
  openai,
  type OpenaiAccount,
  openaiCompatible,
  type ServiceModels,
} from './providers/models.ts'
export { deepinfra, groq, type GroqModelOptions, together } from './providers/presets/models.ts'
export { xai } from './providers/xai/models.ts'

export { keyOf, keyParts } from './domain/record-key.ts'
export { type ErrorCode, type ErrorDetail, type MoneyMoved, OffpeakError } from './domain/errors.ts'
export {
  type Dollars,
  type JobChoice,
  type Offpeak,
  openOffpeak,
  type OpenOptions,
  type ResumeOptions,
  type RetryOptions,
  type RunOptions,
} from './offpeak.ts'
export type { Following } from './compose/client/following.ts'
export type { RecordChoice } from './compose/client/record-choice.ts'
export type { DeliveryMode } from './domain/delivery-mode.ts'
export type { Outcome, OutcomeCounts } from './domain/outcome.ts'
export type { ContentPart, FilePart, Message, Task } from './domain/request.ts'
export type { StandardIssue, StandardResult, StandardSchema } from './domain/standard-schema.ts'
export type { Follower, Plan } from './engine/plan/plan.ts'
export type { ResultsFilter, ResultStatus, RunResult } from './engine/queries/results.ts'
export type { BatchStatus, RunStatus, WaitStatus } from './engine/queries/status.ts'
export {
  type AnswerUsage,
  type Budget,
  type Candidate,
  type ChunkScope,
  type CsvSink,
  defineEmbedding,
  defineJob,
  type Destination,
  type FewShot,
  fewShot,
  type FileSink,
  type FromContext,
  type Job,
  type JobDefinition,
  type JoinContext,
  type JsonlSink,
  type MakePrompt,
  type ParquetSink,
  type Prompt,
  type PromptContext,
  type RecordContext,
  type Retry,
  type Score,
  type SinkContext,
  type SinkDefinition,
  type TableSink,
  type Track,
  type TrackedBatch,
  type TrackedRecord,
  type UpsertSink,
  type Values,
} from './ports/job.ts'
export {
  type ChatModel,
  type EmbeddingModel,
  type HeaderValue,
  type Model,
  type OcrModel,
} from './ports/model.ts'
export type {
  OwnSink,
  Sink,
  SinkConnector,
  SinkItem,
  SinkOpenContext,
  SinkPresence,
  SinkRecord,
  SinkResult,
  SinkRow,
  WriteOptions,
} from './ports/sink.ts'
export type {
  Chunk,
  ChunkOptions,
  ConnectorContext,
  Part,
  ReadOptions,
  RepeatedKeys,
  Source,
  SourceDefinition,
  SourcePage,
  SourceReader,
  SourceRecord,
  TextField,
} from './ports/source.ts'
export type { TextEncoding } from './connectors/row-files/file-text.ts'
export type { PdfRow } from './connectors/files/pdf/records.ts'
export type { OutlineOptions } from './connectors/files/outline-source.ts'
export type { CostEstimate, Estimate } from './planning/money/estimate.ts'
export type { MeaningPart } from './planning/requests/meaning.ts'
export type { KeyAccount } from './providers/accounts.ts'
export type { PriceZone } from './providers/prices/price-row.ts'
export type { ModelAccount } from './ports/model-account.ts'
export type { PauseKind, RunState } from './domain/run.ts'
export type { WaitKind } from './domain/wait.ts'
export type { AnswerLength } from './engine/plan/answer-length.ts'
export type { PlanContents } from './engine/plan/contents.ts'
export type { PlanQuota } from './engine/plan/plan-quota.ts'
export type { LeftOut } from './engine/job/asked-before.ts'
export type { JobChange } from './engine/job/job-change.ts'
export type { RefusedFollower } from './engine/queries/refused-followers.ts'
export type { RowSort } from './engine/queries/row-order.ts'
export type { AskedPart } from './planning/waiting/remedies.ts'
