import type { StandardSchema } from '../domain/standard-schema.ts'
import type { Message } from '../domain/request.ts'
import type { Source } from './source.ts'

/** Which model answers, at which provider: plain data, made by `openai()`, `azure()` or `openaiCompatible()`. */
export interface Model {
  readonly provider: 'openai' | 'azure' | 'compatible'
  /** The model id, or the deployment name at Azure; null: the environment names it. */
  readonly model: string | null
  readonly endpoint: '/v1/chat/completions' | '/v1/responses'
  /** The model whose price applies when the name does not tell (an Azure deployment). */
  readonly pricedAs?: string
  /** What is asked one by one, where that is another deployment of the same model. */
  readonly realtimeModel?: string
  readonly baseUrl?: string
  /** The name of the environment variable that holds the key. */
  readonly apiKeyEnv?: string
  /** What people call a compatible service. */
  readonly name?: string
}

/** A prompt: a user message, a system and a user message, or the whole conversation. */
export type Prompt =
  | string
  | { readonly system?: string; readonly user: string }
  | { readonly messages: readonly Message[] }

/** Examples that are read once per run and handed to every prompt. Made by `fewShot()`. */
export interface FewShot<Example> {
  readonly from: Source<Example>
}

export interface PromptContext<Row, Params, Example> {
  readonly row: Row
  readonly params: Params
  readonly examples: readonly Example[]
}

export interface AnswerUsage {
  readonly inputTokens: number
  readonly cachedTokens: number
  readonly outputTokens: number
  /** In US dollars. */
  readonly cost: number
}

export interface SinkContext<Row, Output> {
  readonly key: string
  readonly row: Row
  readonly output: Output
  readonly usage: AnswerUsage
  /** Where the value comes from, for provenance columns. */
  readonly provenance: {
    readonly job: string
    readonly version: string
    readonly model: string
    readonly run: string
    readonly at: Date
  }
}

export type Values = Readonly<Record<string, unknown>>

/** Updates rows that exist, by key. */
export interface TableSink<Row, Output> {
  readonly table: string
  /** The column that holds the key; the source's key column when left out. */
  readonly key?: string
  readonly set: (context: SinkContext<Row, Output>) => Values
}

/** Inserts rows, or updates those whose key columns are equal. */
export interface UpsertSink<Row, Output> {
  readonly upsert: string
  readonly key: string | readonly string[]
  readonly set: (context: SinkContext<Row, Output>) => Values
}

/** Appends one JSON line per record to a file. */
export interface JsonlSink<Row, Output> {
  readonly jsonl: string
  /** What the line holds besides `key`; `{ output }` when left out. */
  readonly line?: (context: SinkContext<Row, Output>) => Values
}

export type SinkDefinition<Row, Output> =
  | TableSink<Row, Output>
  | UpsertSink<Row, Output>
  | JsonlSink<Row, Output>

export interface Budget {
  /** Dollars, as in `$400`. */
  readonly perRun?: string
  /** Dollars over all runs of this job in one UTC day. */
  readonly perDay?: string
}

/** How records are sent again by themselves. */
export interface Retry {
  /** How often one record may be sent in all; 3 when left out. */
  readonly max?: number
  /** What the batches have left unanswered `after` so long is asked one by one, `maxRows` at most in a run. */
  readonly realtime?: {
    readonly after: string
    readonly maxRows: number
    /** `realtime` when left out. */
    readonly lane?: 'realtime' | 'flex'
  }
}

/** One job: where rows come from, what is asked, what the answer must look like and where it goes. */
export interface JobDefinition<Row, Params, Output, Example> {
  readonly name: string
  /** Part of what makes a record be done again when it changes. */
  readonly version?: string
  readonly params?: StandardSchema<unknown, Params>
  readonly from: Source<Row> | ((context: { readonly params: Params }) => Source<Row>)
  readonly examples?: FewShot<Example>
  readonly model: Model
  readonly prompt: (context: PromptContext<Row, Params, Example>) => Prompt
  /** Any Standard Schema; plain text when left out. */
  readonly output?: StandardSchema<unknown, Output>
  readonly temperature?: number
  /** The most output tokens of one answer; it bounds what a run can cost. */
  readonly maxTokens?: number
  /** Further body fields, passed to the provider as they are. */
  readonly parameters?: Readonly<Record<string, unknown>>
  /** True, or the reason why this answer is not good enough; the record is then `invalid`. */
  readonly check?: (context: { readonly row: Row; readonly output: Output }) => true | string
  readonly to: SinkDefinition<Row, Output>
  readonly retry?: Retry
  /** So long after its beginning a run stops waiting for batches and finishes in real time, as in `20h`. */
  readonly deadline?: string
  readonly budget?: Budget
}

/** A job whose types have been checked and may be forgotten: what the flow works with. */
export type AnyJob = JobDefinition<unknown, unknown, unknown, unknown>

const brand: unique symbol = Symbol.for('offpeak.job')

/** What `defineJob` returns: the definition itself, marked, so that two copies of Offpeak know each other's jobs. */
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

/** Defines a job; `row`, `output` and `params` infer from `from`, `output` and `params`. */
export function defineJob<
  Row,
  OutputSchema extends StandardSchema | undefined = undefined,
  ParamsSchema extends StandardSchema | undefined = undefined,
  Example = never,
>(definition: {
  readonly name: string
  readonly version?: string
  readonly params?: ParamsSchema
  readonly from: Source<Row> | ((context: { readonly params: ParamsType<ParamsSchema> }) => Source<Row>)
  readonly examples?: FewShot<Example>
  readonly model: Model
  readonly prompt: (context: PromptContext<Row, ParamsType<ParamsSchema>, Example>) => Prompt
  readonly output?: OutputSchema
  readonly temperature?: number
  readonly maxTokens?: number
  readonly parameters?: Readonly<Record<string, unknown>>
  readonly check?: (context: {
    readonly row: Row
    readonly output: OutputType<OutputSchema>
  }) => true | string
  readonly to: SinkDefinition<Row, OutputType<OutputSchema>>
  readonly retry?: Retry
  readonly deadline?: string
  readonly budget?: Budget
}): Job<Row, ParamsType<ParamsSchema>, OutputType<OutputSchema>, Example> {
  // The schemas infer `Params` and `Output`; that they give these very types is what the signature says.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return Object.freeze({ ...definition, [brand]: 1 as const }) as Job<
    Row,
    ParamsType<ParamsSchema>,
    OutputType<OutputSchema>,
    Example
  >
}

/** Whether a value is what `defineJob` returns, from this copy of Offpeak or another. */
export function isJob(value: unknown): value is AnyJob {
  return typeof value === 'object' && value !== null && Reflect.get(value, brand) === 1
}

/** Examples for every prompt: the rows of a small query or file, read once per run, in the source's own order. */
export function fewShot<Example>(from: Source<Example>): FewShot<Example> {
  return { from }
}
