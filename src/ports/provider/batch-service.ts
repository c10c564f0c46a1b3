import type { RemoteState } from '../../domain/attempt.ts'
import type { Reply } from './reply.ts'

/**
 * The calls of a batch service. Every call is one attempt with a deadline and no retry of its own: the engine decides
 * what to repeat, and never repeats `create` unless the service's recovery says that it may. A staged file and a part of
 * the results are named by texts that only the service reads.
 */
export interface BatchService {
  /** Brings an input file to where `create` finds it. A service that takes its requests with `create` has nothing to do. */
  stage(file: InputFile, signal?: AbortSignal): Promise<Reply<StagedFile>>
  /** Staged files whose name begins so, newest first, as far as the list can be walked. */
  findStaged(name: string, signal?: AbortSignal): Promise<Reply<readonly StagedFile[]>>
  staged(handle: string, signal?: AbortSignal): Promise<Reply<StagedFile>>
  /**
   * The one paid call. The signal comes only after its answer was waited for long enough: what is cut off before all of it
   * has left is refused, and anything later is unknown.
   */
  create(batch: NewBatch, signal?: AbortSignal): Promise<Reply<RemoteBatch>>
  batch(batchId: string, signal?: AbortSignal): Promise<Reply<RemoteBatch>>
  /** All batches made at or after `sinceMs`, newest first. */
  batches(sinceMs: number, signal?: AbortSignal): Promise<Reply<readonly RemoteBatch[]>>
  /**
   * The id of one request of a batch, where the list carries no mark of ours: `hidden` while the service does not show
   * any, null where the batch has none. Left out by services whose list tells.
   */
  idIn?(batch: RemoteBatch, signal?: AbortSignal): Promise<Reply<{ readonly id: string } | 'hidden' | null>>
  cancel(batchId: string, signal?: AbortSignal): Promise<Reply<RemoteBatch>>
  /**
   * Streams a part of the results into `path`, one line each (temporary file, fsync, rename). Zero bytes is a file. A
   * connection that breaks is continued where the service allows it, a bounded number of times; bytes of two versions
   * are never mixed.
   */
  fetch(part: string, path: string, signal?: AbortSignal, bound?: DownloadBound): Promise<Reply<Downloaded>>
  /** Removes a staged file or a part of results; accepted where there is nothing to remove. */
  discard(handle: string, signal?: AbortSignal): Promise<Reply<null>>
}

/** Limit of a download; what is larger is refused as `invalid`. */
export interface DownloadBound {
  readonly maxBytes: number
}

/** Results that were brought here. */
export interface Downloaded {
  /** Bytes on disk. */
  readonly bytes: number
  /** What the service said that the file is long; null where it did not say, or said it of a packed form. */
  readonly announcedBytes: number | null
  /** False: nothing proves that the end was reached, because the service just closed the connection. */
  readonly whole: boolean
}

/** A request file on this machine; `bytes` is its size. */
export interface InputFile {
  readonly path: string
  readonly bytes: number
  readonly filename: string
}

/** A file at the provider. */
export interface StagedFile {
  readonly id: string
  readonly filename: string
  /** Null where the service does not tell. */
  readonly bytes: number | null
  /** `pending` files may not be used yet. */
  readonly status: 'pending' | 'ready' | 'error'
  readonly createdAtMs: number | null
}

/** Arguments of a create call. */
export interface NewBatch {
  readonly staged: string
  /** The input file here, for a service that takes the requests themselves. */
  readonly file: InputFile & { readonly requests: number }
  readonly endpoint: string
  readonly model: string
  /** What the batch is to be known by: as much of it as the service carries. `offpeak_nonce` comes first. */
  readonly metadata: Readonly<Record<string, string>>
  readonly idempotencyKey: string
}

/** A batch at the provider. */
export interface RemoteBatch {
  readonly id: string
  readonly state: RemoteState
  /** The handle of its input; null: the service does not tell. */
  readonly staged: string | null
  /** Where its answers are, and where those of requests that failed, if apart; null: there are none, or not yet. */
  readonly outputPart: string | null
  readonly errorPart: string | null
  readonly createdAtMs: number | null
  readonly expiresAtMs: number | null
  /** Null where the service names none; a member that it leaves out beside another counts as 0. */
  readonly counts: { readonly total: number; readonly completed: number; readonly failed: number } | null
  readonly usage: {
    readonly inputTokens: number
    readonly cachedTokens: number
    readonly outputTokens: number
  } | null
  /** As much of what it was given to be known by as the service carries. */
  readonly metadata: Readonly<Record<string, string>>
  readonly errors: readonly {
    readonly code: string
    readonly message: string
    readonly line: number | null
    /** Left out: the batch itself. `quota`: there was no room, and the same bytes may be sent later. `account`: a person. */
    readonly about?: 'quota' | 'account'
    readonly limitTokens?: number
  }[]
}
