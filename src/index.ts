export { env } from './config/environment.ts'
export { defineConfig } from './config/settings.ts'
export { type ReadFrom, type ReadRows, rows } from './connectors/code/rows.ts'
export { openDatabase } from './connectors/database/database.ts'
export { files } from './connectors/files/files-source.ts'
export type { OutlineSection } from './connectors/files/outline-sections.ts'
export { csv } from './connectors/row-files/csv-source.ts'
export { chain } from './connectors/pipeline/pipeline.ts'
export { checkedRecord, keyFields } from './connectors/record.ts'
export { duckdb } from './connectors/duckdb/rows.ts'
export { jsonl } from './connectors/row-files/jsonl-source.ts'
export { parquet } from './connectors/parquet/parquet-source.ts'
export { postgres } from './connectors/postgres/rows.ts'
export { sql } from './connectors/database/sql.ts'
export { template } from './connectors/files/template.ts'
export { sqlite } from './connectors/sqlite/rows.ts'
export { mean } from './planning/mean.ts'
export { attach, text } from './planning/requests/attach.ts'
export { jsonSchema } from './planning/schema/plain-json-schema.ts'
export { clean } from './planning/answers/clean.ts'
export { truncate } from './planning/tokens/truncate.ts'
export { anthropic } from './providers/anthropic/models.ts'
export { bedrock, type BedrockModelOptions } from './providers/bedrock/models.ts'
export { gemini } from './providers/gemini/models.ts'
export { local, type LocalService } from './providers/local/models.ts'
export { mistral } from './providers/mistral/models.ts'
export { azure, openai, openaiCompatible } from './providers/models.ts'
export { deepinfra, groq, together } from './providers/presets/models.ts'
export { xai } from './providers/xai/models.ts'

export { keyOf, keyParts } from './domain/record-key.ts'
export { type ErrorCode, type MoneyMoved, OffpeakError } from './domain/errors.ts'
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
export type { ContentPart, FilePart, Message } from './domain/request.ts'
export type { StandardIssue, StandardResult, StandardSchema } from './domain/standard-schema.ts'
export type { Plan } from './engine/plan/plan.ts'
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
  type JoinContext,
  type JsonlSink,
  type ParquetSink,
  type Prompt,
  type PromptContext,
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
export { type ChatModel, type EmbeddingModel, type HeaderValue, type Model } from './ports/model.ts'
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
