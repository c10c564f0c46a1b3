/** What one provider accepts and offers, as data: nothing else in the flow asks which provider it is. */
export interface ProviderLimits {
  /** Requests in one input file. */
  readonly maxRequests: number
  /** Bytes in one input file; ours stays under the provider's own figure. */
  readonly maxBytes: number
  /** Whether the batch object carries our metadata back in get and list. */
  readonly metadata: boolean
  /** Whether deleting the input file makes a late create harmless (the fence). */
  readonly fenceByDelete: boolean
  /** Whether an unfinished batch ends by itself after the completion window. */
  readonly expires: boolean
  /** Shortest sensible pause between two polls of one batch, in milliseconds. */
  readonly pollEveryMs: number
}
