/** Limits and features of one provider, as data: nothing else in the flow asks which provider it is. */
export interface ProviderLimits {
  /** Requests in one input file. */
  readonly maxRequests: number
  /** Requests that a batch needs at least; 1 when left out. */
  readonly minRequests?: number
  /** Bytes in one input file; ours stays under the provider's own figure. */
  readonly maxBytes: number
  /** What one request with files may carry; left out: what any may (`planning/images/attached-tokens.ts`). */
  readonly request?: RequestLimits
  /** Batches that may be at work at the same time; no bound when left out. */
  readonly maxBatches?: number
  /** Shortest sensible pause between two polls of one batch, in milliseconds. */
  readonly pollEveryMs: number
  /** How long the service gives itself for a batch, in milliseconds; left out: it does not say beforehand. */
  readonly windowMs?: number
  /** Whether a batch in the list tells as much of its state as when it is asked for by its id; false when left out. */
  readonly listTells?: boolean
  /** False: there is no Batch API, and requests are asked one by one. True when left out. */
  readonly hasBatches?: boolean
  /** How fast one process may ask one by one, in place of what the configuration says of each; that holds where left out. */
  readonly realtime?: {
    readonly concurrency?: number
    readonly requestsPerMinute?: number
    readonly tokensPerMinute?: number
  }
  /** So long after it was made a batch may be answered as not there, in milliseconds; 0 when left out. */
  readonly unseenMs?: number
  /** True: whoever discards the results of a batch takes the batch from the list. False when left out. */
  readonly listForgets?: boolean
  /** What to say where requests may be asked one by one of the model for batches, which does not answer so; left out: it does. */
  readonly batchOnly?: string
  /** False: what is unfinished when a batch expires is lost together with what was finished. True when left out. */
  readonly keepsPartials?: boolean
}

/** Limits of one request with files; a larger one is refused by the service, a batch later. */
export interface RequestLimits {
  /** Of its JSON, with files as base64. */
  readonly maxBytes: number
  /** Of all PDFs that go along with it. */
  readonly maxPages: number
}

/** Means that a service offers to settle a create that nobody answered. */
export interface Recovery {
  /** `idempotent`: a create that is repeated with its key makes no second batch. */
  readonly create: 'idempotent' | 'once'
  /**
   * How a batch is known in the service's list: `marked` by what it was given to be known by, `sameInput` by its staged
   * file alone, `possible` only by its time and its number of requests, and for certain by its ids once it shows them.
   */
  readonly proof: 'marked' | 'sameInput' | 'possible'
  /** Whether removing the staged file makes a late create come to nothing. */
  readonly fence: boolean
}
