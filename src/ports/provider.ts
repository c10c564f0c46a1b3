import type { RemoteState } from '../domain/attempt.ts'
import type { ProviderLimits } from '../domain/limits.ts'
import type { Answer, Endpoint, Message, ModelRequest } from '../domain/request.ts'

/**
 * A batch service as the engine sees it. Every call is one HTTP attempt with a deadline and no retry of its own:
 * the engine decides what to repeat, and never repeats `create`.
 */
export interface Provider {
  readonly name: string
  /** Names the quota and the list that its batches share: host and a digest of the key, never the key. */
  readonly account: string
  readonly limits: ProviderLimits
  /**
   * The service's clock minus ours in milliseconds, told by the `Date` of its newest answer (RFC 9110); 0 within what
   * such a date can tell, null before any answer with one. Every time that this port takes or returns is in our clock.
   */
  clockSkewMs(): number | null
  /** Whether an emulator answers, which says so in a header of each of its replies; null before any reply. */
  isSimulated(): boolean | null

  /** What the service makes of a request by its fields, whatever its messages say; pure. */
  inspect(request: ModelRequest, endpoint: Endpoint): Inspection
  /** Whether this model's answers are held to the bounds that a schema states as keywords; pure. */
  enforcesConstraints(model: string): boolean
  /** The JSON body of one line; pure. */
  body(request: ModelRequest, endpoint: Endpoint): Record<string, unknown>
  /** A stored body that goes on with these messages after its own, which stay as they are; null: it is no conversation. Pure. */
  withMessages(body: Uint8Array, messages: readonly Message[]): Uint8Array | null
  /** What stands in the `url` of a line and in the `endpoint` of a batch for this endpoint; pure. */
  lineUrl(endpoint: Endpoint): string
  /** One parsed line of an output or error file as its id and answer; null when it is not such a line. Pure. */
  line(value: unknown): ReadLine | null

  upload(file: UploadFile, signal?: AbortSignal): Promise<Reply<RemoteFile>>
  /** Uploads whose name begins so, newest first, as far as the list can be walked. */
  findUploads(name: string, signal?: AbortSignal): Promise<Reply<readonly RemoteFile[]>>
  file(fileId: string, signal?: AbortSignal): Promise<Reply<RemoteFile>>
  /** The one paid call. */
  create(batch: NewBatch, signal?: AbortSignal): Promise<Reply<RemoteBatch>>
  batch(batchId: string, signal?: AbortSignal): Promise<Reply<RemoteBatch>>
  /** All batches made at or after `sinceMs`, newest first. */
  batches(sinceMs: number, signal?: AbortSignal): Promise<Reply<readonly RemoteBatch[]>>
  cancel(batchId: string, signal?: AbortSignal): Promise<Reply<RemoteBatch>>
  /**
   * Streams a remote file into `path` (temporary file, fsync, rename). Zero bytes is a file. A connection that breaks is
   * continued where the service allows it, a bounded number of times; bytes of two versions are never mixed.
   */
  download(
    fileId: string,
    path: string,
    signal?: AbortSignal,
    bound?: DownloadBound,
  ): Promise<Reply<Downloaded>>
  deleteFile(fileId: string, signal?: AbortSignal): Promise<Reply<null>>
  /**
   * One synchronous request; paid. Accepted is what the service says about this very request, be it an answer or what
   * is wrong with it; refused is what was not looked at, and costs nothing.
   */
  complete(ask: Ask, signal?: AbortSignal): Promise<Reply<Completed>>
  /** What came of a synchronous request as a line of an output file, so that both are read alike; pure. */
  outputLine(customId: string, completed: Completed | Unsure): Record<string, unknown>
  /** Whether the key works and the model or deployment is there; sends no tokens. */
  probe(model: string, signal?: AbortSignal): Promise<Reply<{ readonly words: string }>>
}

/** What can be said of a request before it is sent. */
export interface Inspection {
  /** The most output tokens that the request allows, wherever it says so; null: it leaves that to the model. */
  readonly maxTokens: number | null
  /** How many numbers an answer to an embedding has; null: the name of the model does not tell, or there are none. */
  readonly vectorLength: number | null
  /** Why each such request surely fails, or costs what nothing here counts. */
  readonly refused: readonly Concern[]
  /** Why it may fail. */
  readonly doubtful: readonly Concern[]
}

export interface Concern {
  readonly words: string
  readonly fix: string
}

/** A line of an output or error file. */
export interface ReadLine {
  /** Null where the line has none, or one that is no text: what it cost is known nevertheless. */
  readonly customId: string | null
  readonly answer: Answer
}

export interface Ask {
  readonly endpoint: Endpoint
  /** Takes the place of the one in the body, when that is another. */
  readonly model: string
  /** The JSON text of the body of a line; its very bytes are sent where nothing has to be changed. */
  readonly body: string
  readonly lane: 'realtime' | 'flex'
}

/** A synchronous answer: 200 with a result, or another status with the reason. */
export interface Completed {
  readonly status: number
  readonly body: unknown
}

/** Why nobody knows what came of a synchronous request. */
export interface Unsure {
  readonly unsure: string
}

/** What a download may come to; refused as `invalid` beyond it. */
export interface DownloadBound {
  readonly maxBytes: number
}

/** A file that was brought here. */
export interface Downloaded {
  /** Bytes on disk. */
  readonly bytes: number
  /** What the service said that the file is long; null where it did not say, or said it of a packed form. */
  readonly announcedBytes: number | null
  /** False: nothing proves that the end was reached, because the service just closed the connection. */
  readonly whole: boolean
}

export interface UploadFile {
  readonly path: string
  readonly bytes: number
  readonly filename: string
}

export interface RemoteFile {
  readonly id: string
  readonly filename: string
  /** Null where the service does not tell. */
  readonly bytes: number | null
  /** `pending` files may not be used yet. */
  readonly status: 'pending' | 'ready' | 'error'
  readonly createdAtMs: number | null
}

export interface NewBatch {
  readonly inputFileId: string
  readonly endpoint: Endpoint
  readonly model: string
  readonly metadata: Readonly<Record<string, string>>
  readonly idempotencyKey: string
}

export interface RemoteBatch {
  readonly id: string
  readonly state: RemoteState
  readonly inputFileId: string | null
  /** Absent ids, null and the empty string are all null here. */
  readonly outputFileId: string | null
  readonly errorFileId: string | null
  readonly createdAtMs: number | null
  readonly expiresAtMs: number | null
  /** Null where the service names none; a member that it leaves out beside another counts as 0. */
  readonly counts: { readonly total: number; readonly completed: number; readonly failed: number } | null
  readonly usage: {
    readonly inputTokens: number
    readonly cachedTokens: number
    readonly outputTokens: number
  } | null
  readonly metadata: Readonly<Record<string, string>>
  readonly errors: readonly {
    readonly code: string
    readonly message: string
    readonly line: number | null
  }[]
}

/** It was done, it was certainly not done, or nobody knows. */
export type Reply<Value> =
  | { readonly kind: 'accepted'; readonly value: Value }
  | Refusal
  | { readonly kind: 'unknown'; readonly message: string }

/**
 * A call that was certainly not done. `cause` tells who must act: `quota` = too many enqueued tokens, `rate` = slow down,
 * `auth`/`account` = a person, `token` = the token callback gave none in time, `gone` = no such thing, `not_ready` = try
 * again shortly, `conflict` = wrong state, `invalid` = the request itself, `away` = nobody who knows has answered.
 */
export type Refusal = RefusalWords &
  (
    | {
        readonly cause:
          | 'quota'
          | 'rate'
          | 'auth'
          | 'token'
          | 'account'
          | 'gone'
          | 'not_ready'
          | 'conflict'
          | 'invalid'
      }
    | {
        readonly cause: 'away'
        /** `network`: no answer at all, or one from something in between. `service`: its own failure or odd answer. */
        readonly layer: 'network' | 'service'
        /** Whether trying again cannot be expected to help, as with a certificate that is not trusted. */
        readonly lasting: boolean
      }
  )

interface RefusalWords {
  readonly kind: 'refused'
  readonly status: number | null
  readonly message: string
  readonly retryAfterMs: number | null
}
