import type { ChatModel, EmbeddingModel, Model, OcrModel } from './model.ts'
import type { StandardSchema } from '../domain/standard-schema.ts'
import type { ContentPart, Message } from '../domain/request.ts'
import type { OwnSink } from './sink.ts'
import type { Source } from './source.ts'

/** A prompt: a user message, a system and a user message, or the whole conversation. Parts come from `text` and `attach`. */
export type Prompt =
  | string
  | { readonly system?: string; readonly user: string | readonly ContentPart[] }
  | { readonly messages: readonly Message[] }

/** Examples that are read once per run and handed to every prompt. Made by `fewShot()`. */
export interface FewShot<Example> {
  readonly from: Source<Example>
}

/** Arguments of a job's `prompt`. */
export interface PromptContext<Row, Params, Example> {
  readonly row: Row
  readonly params: Params
  readonly examples: readonly Example[]
}

/** Tokens and cost of an answer, for `set` and `line`. */
export interface AnswerUsage {
  readonly inputTokens: number
  readonly cachedTokens: number
  readonly outputTokens: number
  /** In US dollars. */
  readonly cost: number
}

/** Arguments of a sink's `set` and `line`. */
export interface SinkContext<Row, Output> {
  /** The record's key; of several fields, their texts with U+001F between, as docs/tables.md says. */
  readonly key: string
  readonly row: Row
  readonly output: Output
  /** What `score` gave, from 0 to 1; null without one. */
  readonly score: number | null
  /** The prompt variant that was asked; null without variants. */
  readonly variant: string | null
  readonly usage: AnswerUsage
  /** Where the value comes from, for provenance columns. */
  readonly provenance: {
    readonly job: string
    readonly version: string
    readonly model: string
    readonly run: string
    /** When the answer came; it stays the same when the answer is written again. */
    readonly at: Date
  }
}

/** A record whose parts are all answered: `key` is the record's own, `row` that of the first part. */
export interface JoinContext<Row, Output> extends SinkContext<Row, readonly Output[]> {
  /** The rows of the parts, in the order of `output`. */
  readonly rows: readonly Row[]
}

/** Values by column, for a sink. */
export type Values = Readonly<Record<string, unknown>>

/**
 * A sink that updates rows that exist, by key. `set` answers the same for the same context (a time is `provenance.at`),
 * because after an interruption it may be asked again, and a row that has its values already is left as it is.
 */
export interface TableSink<Context> {
  /** A SQLite file, relative to the project's directory; the database of the configuration when left out. */
  readonly database?: string
  readonly table: string
  /**
   * The column that holds the key, or the columns that hold its parts, in the order of the source's key; the source's key
   * columns when left out.
   */
  readonly key?: string | readonly string[]
  readonly set: (context: Context) => Values
}

/** A sink that inserts rows, or updates those whose key columns are equal. */
export interface UpsertSink<Context> {
  /** A SQLite file, relative to the project's directory; the database of the configuration when left out. */
  readonly database?: string
  readonly upsert: string
  readonly key: string | readonly string[]
  readonly set: (context: Context) => Values
  /**
   * For chunks of texts: what is old beside a chunk that is written goes in the same transaction. That is every row
   * of its text behind the last chunk that the text has now, and a row of its own chunk with another key.
   */
  readonly scope?: ChunkScope
}

/** The chunks of one text, among the rows of an upsert. */
export interface ChunkScope {
  /** The columns of the key that all chunks of a text share. */
  readonly of: string | readonly string[]
  /** The column of the key that numbers them, one after the other. */
  readonly chunk: string
  /** Sets these columns of old rows; removes them when left out. */
  readonly mark?: Values
}

/** A sink that appends one JSON line per record to a file. */
export interface JsonlSink<Context> {
  readonly jsonl: string
  /** What the line holds besides `key`; `{ output }` when left out. */
  readonly line?: (context: Context) => Values
}

/** A sink that appends one row per record to a CSV file; the first chunk decides the columns. */
export interface CsvSink<Context> {
  readonly csv: string
  /** What the row holds besides `key`; `{ output }` when left out. Objects and lists become JSON in their cell. */
  readonly line?: (context: Context) => Values
  /** Puts an apostrophe before a cell that a spreadsheet would run as a formula; as it is when left out. */
  readonly escapeFormulas?: boolean
}

/** A sink that adds Parquet files to a directory, one per chunk of records. */
export interface ParquetSink<Context> {
  /** The directory, as `out/answers.parquet`; readers take it for one table. */
  readonly parquet: string
  /** What the row holds besides `key`; `{ output }` when left out. Objects and lists become JSON. */
  readonly line?: (context: Context) => Values
}

/** A sink that writes one file per record, whole or not at all. */
export interface FileSink<Context extends RecordContext> {
  /** The path below the project's directory. It never sees what the model wrote. */
  readonly file: (context: Pick<Context, 'key' | 'row'>) => string
  /** What the file holds; the output when left out. What is no text is written as JSON. */
  readonly content?: (context: Context) => string | object
  /** Records whose file is there are not sent, and a file that is there is never replaced. */
  readonly skipExisting?: boolean
  /** Whether a file with other content is replaced; true unless `skipExisting`. */
  readonly overwrite?: boolean
}

/** The part of a context that every sink has. */
export interface RecordContext {
  readonly key: string
  readonly row: unknown
}

/** A sink of a job: one of the built-in ones, or one of its own. */
export type SinkDefinition<Context extends RecordContext> =
  | TableSink<Context>
  | UpsertSink<Context>
  | JsonlSink<Context>
  | CsvSink<Context>
  | ParquetSink<Context>
  | FileSink<Context>
  | OwnSink<Context>

/** Where a record stands, for a status column of yours. */
export interface TrackedRecord {
  /** The record's key; of a job that joins, that of the whole record. */
  readonly key: string
  readonly state: 'processing' | 'completed' | 'failed'
  /** The id of the batch at the provider; of a record in parts the newest. Null when nothing was sent. */
  readonly providerBatchId: string | null
  readonly at: Date
  readonly error: string | null
}

/** Where a batch stands, for a table of batches of yours. */
export interface TrackedBatch {
  /** Ours; it stays the same when the batch has to be created anew. */
  readonly id: string
  readonly run: string
  readonly job: string
  readonly state: 'pending' | 'processing' | 'completed' | 'failed' | 'expired' | 'cancelled'
  readonly requests: number
  /** Of how many records they are, or are parts. */
  readonly records: number
  /** The name of the uploaded file, and the ids of the provider, once there are any. */
  readonly filename: string | null
  readonly providerBatchId: string | null
  readonly outputFileId: string | null
  readonly createdAt: Date
  readonly endedAt: Date | null
  readonly error: string | null
}

/** Tables of yours that show how far a run is, kept up to date while it goes on. They are written, never read. */
export interface Track {
  readonly records?: TableSink<TrackedRecord>
  readonly batches?: UpsertSink<TrackedBatch>
}

/**
 * Where answers go: with `to` every part of a record by itself, with `join` the parts of a record together once all
 * of them are good, with both each in its own place. A record that is not split has one part.
 */
export type Destination<Row, Output> =
  | {
      readonly to: SinkDefinition<SinkContext<Row, Output>>
      readonly join?: SinkDefinition<JoinContext<Row, Output>>
    }
  | { readonly to?: undefined; readonly join: SinkDefinition<JoinContext<Row, Output>> }

/** Bounds of a job's cost. */
export interface Budget {
  /** Dollars, as in `$400`. */
  readonly perRun?: string
  /** Dollars over all runs of this job in one UTC day, as the job says it now: also for runs that began under another amount. */
  readonly perDay?: string
}

/** Values that a source may depend on. */
export interface FromContext<Params> {
  readonly params: Params
  /** As in `provenance`: a query can leave out the records that this model and version have answered. */
  readonly model: string
  readonly version: string
}

/** How records are sent again by themselves. */
export interface Retry {
  /** How often one record may be sent in all; 3 when left out. */
  readonly max?: number
  /** Whether an invalid answer is asked again together with itself and with what was wrong with it. */
  readonly repair?: boolean
  /** What the batches have left unanswered `after` so long is asked one by one, `maxRows` at most in a run. */
  readonly realtime?: {
    readonly after: string
    readonly maxRows: number
    /** `realtime` when left out. */
    readonly deliveryMode?: 'realtime' | 'flex'
  }
}

/** What a job says besides its types: where rows come from, what is asked and what may be spent. */
interface JobBasics<Row, Params> {
  readonly name: string
  /** Part of what makes a record be done again when it changes. */
  readonly version?: string
  readonly from: Source<Row> | ((context: FromContext<Params>) => Source<Row>)
  /** Further body fields, passed to the provider as they are. */
  readonly parameters?: Readonly<Record<string, unknown>>
  readonly retry?: Retry
  /** So long after its beginning a run stops waiting for batches and finishes in real time, as in `20h`. */
  readonly deadline?: string
  readonly budget?: Budget
  /** The job, or its name, whose every finished run is followed by a run of this one, within this one's `perRun` budget. */
  readonly after?: string | { readonly name: string }
  readonly track?: Track
}

/** A function from a row to the prompt of its request. */
export type MakePrompt<Row, Params, Example> = (context: PromptContext<Row, Params, Example>) => Prompt

/** How one candidate asks otherwise than its job; what it leaves out stays as the job has it. */
export interface Candidate<Row, Params, Example> {
  readonly model?: ChatModel
  readonly prompt?: MakePrompt<Row, Params, Example>
  readonly temperature?: number
  readonly maxTokens?: number
  readonly parameters?: Readonly<Record<string, unknown>>
}

/** How good accepted answers are, from 0 to 1. */
export interface Score<Row, Output> {
  readonly of: (context: { readonly row: Row; readonly output: Output }) => number
  /** An answer below it is not written and waits for a person as `review`. */
  readonly min?: number
}

interface ChatParts<Row, Params, Output, Example> {
  readonly examples?: FewShot<Example>
  readonly model: ChatModel | OcrModel
  /** May be left out where there are variants. */
  readonly prompt?: MakePrompt<Row, Params, Example>
  /** Other prompts to compare: each record is asked with one of these, always the same, in place of `prompt`. */
  readonly variants?: Readonly<Record<string, MakePrompt<Row, Params, Example>>>
  /**
   * Other prompts or models for the very same records, to be compared before one of them is taken: each is a job of its
   * own, `name@candidate`, whose answers are kept beside and never written to the sink. An empty one asks as the job does.
   */
  readonly candidates?: Readonly<Record<string, Candidate<Row, Params, Example>>>
  readonly score?: Score<Row, Output>
  readonly temperature?: number
  /** The most output tokens of one answer; it bounds what a run can cost. */
  readonly maxTokens?: number
  /** True, or the reason why this answer is not good enough; the record is then `invalid`. */
  readonly check?: (context: { readonly row: Row; readonly output: Output }) => true | string
}

/** One job: where rows come from, what is asked, what the answer must look like and where it goes. */
export type JobDefinition<Row, Params, Output, Example> = JobBasics<Row, Params> &
  Omit<ChatParts<Row, Params, Output, Example>, 'model'> & {
    readonly params?: StandardSchema<unknown, Params>
    readonly model: Model
    /** Any Standard Schema; plain text, or a vector, when left out. */
    readonly output?: StandardSchema<unknown, Output>
    /** How many numbers a vector has; the model's own length when left out. */
    readonly dimensions?: number
    readonly to?: SinkDefinition<SinkContext<Row, Output>>
    readonly join?: SinkDefinition<JoinContext<Row, Output>>
  }

/** A job whose types have been checked and may be forgotten: what the flow works with. */
export type AnyJob = JobDefinition<unknown, unknown, unknown, unknown>

const brand: unique symbol = Symbol.for('offpeak.job')

/**
 * A job as `defineJob` returns it: the definition itself, marked, so that two copies of Offpeak know each other's jobs.
 */
export type Job<Row = unknown, Params = unknown, Output = unknown, Example = unknown> = JobDefinition<
  Row,
  Params,
  Output,
  Example
> & { readonly [brand]: 1 }

type OutputType<Schema> = [Schema] extends [StandardSchema<infer _I, infer Output>] ? Output : string
type ParamsType<Schema> = [Schema] extends [StandardSchema<infer _I, infer Params>]
  ? Params
  : Readonly<Record<string, never>>

/** A job by its definition; `row`, `output` and `params` infer from `from`, `output` and `params`. */
export function defineJob<
  Row,
  OutputSchema extends StandardSchema | undefined = undefined,
  ParamsSchema extends StandardSchema | undefined = undefined,
  Example = never,
>(
  definition: JobBasics<Row, ParamsType<ParamsSchema>> &
    ChatParts<Row, ParamsType<ParamsSchema>, OutputType<OutputSchema>, Example> & {
      readonly params?: ParamsSchema
      readonly output?: OutputSchema
    } & Destination<Row, OutputType<OutputSchema>>,
): Job<Row, ParamsType<ParamsSchema>, OutputType<OutputSchema>, Example> {
  return branded(definition)
}

/** A job whose answers are vectors: one for the `input` of each record or part. */
export function defineEmbedding<Row, ParamsSchema extends StandardSchema | undefined = undefined>(
  definition: JobBasics<Row, ParamsType<ParamsSchema>> & {
    readonly params?: ParamsSchema
    readonly model: EmbeddingModel
    /** How many numbers the vector has, where the model lets one choose. */
    readonly dimensions?: number
    readonly input: (context: { readonly row: Row; readonly params: ParamsType<ParamsSchema> }) => string
  } & Destination<Row, readonly number[]>,
): Job<Row, ParamsType<ParamsSchema>, readonly number[]> {
  const { input, ...rest } = definition
  return branded({ ...rest, prompt: input })
}

function branded<Row, Params, Output, Example>(definition: object): Job<Row, Params, Output, Example> {
  // The schemas infer `Params` and `Output`; that they give these very types is what the signatures above say.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return Object.freeze({ ...definition, [brand]: 1 as const }) as Job<Row, Params, Output, Example>
}

/** Whether a value is what `defineJob` returns, from this copy of Offpeak or another. */
export function isJob(value: unknown): value is AnyJob {
  return typeof value === 'object' && value !== null && Reflect.get(value, brand) === 1
}

/** Examples for every prompt: the rows of a small query or file, read once per run, in the source's own order. */
export function fewShot<Example>(from: Source<Example>): FewShot<Example> {
  return { from }
}
