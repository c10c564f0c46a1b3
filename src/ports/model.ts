import type { Task } from '../domain/request.ts'
import type { ModelAccount } from './model-account.ts'

/** Where a model keeps the service that answers for it: a symbol, so that its data alone says what a job asks. */
export const served: unique symbol = Symbol.for('offpeak.service')

/** Which model answers, at which provider: plain data, made by `openai()`, `anthropic()` and their like. */
export interface Model<Of extends Task = Task> {
  readonly provider: string
  readonly [served]: { readonly task: Of; readonly definition: object }
  /** The model id, or the deployment name at Azure; null: the environment names it. */
  readonly model: string | null
  /** The service's own word for where its requests go. */
  readonly endpoint: string
  /** The model whose price applies when the name does not tell (an Azure deployment). */
  readonly pricedAs?: string
  /** Where an Azure deployment computes, which has prices of its own: a data zone, or one region. */
  readonly zone?: 'global' | 'us' | 'eu' | 'regional'
  /** What is asked one by one, where that is another deployment of the same model. */
  readonly realtimeModel?: string
  /** What only its service reads, by the service's own names. */
  readonly options?: Readonly<Record<string, string>>
  readonly baseUrl?: string
  /** What it costs in batches and in real time, in dollars for a million tokens, where the job says so. */
  readonly price?: { readonly input: number; readonly output: number }
  /** How long a batch may take, where one may choose (`7d`), and how many calls of one process its server bears at a time. */
  readonly window?: string
  readonly concurrency?: number
  /** The name of the environment variable that holds the key. */
  readonly apiKeyEnv?: string
  /** What people call a compatible service, and whether it may be called without encryption in a private network. */
  readonly name?: string
  readonly insecureHttp?: boolean
  /** Whether a batch can be given metadata; true when left out. */
  readonly takesMetadata?: boolean
  /** Further headers of every call to a compatible service. */
  readonly headers?: Readonly<Record<string, HeaderValue>>
  /** The accounts that its batches are spread over; the one of the environment when left out. */
  readonly accounts?: readonly ModelAccount[]
}

/** Value of a header: a text, or the name of an environment variable that holds it. */
export type HeaderValue = string | { readonly env: string }

/** A model that answers prompts. */
export type ChatModel = Model<'chat'>

/** A model that reads the pages of documents, and answers what stands on them. */
export type OcrModel = Model<'ocr'>

/** A model that turns texts into vectors. */
export type EmbeddingModel = Model<'embedding'>
