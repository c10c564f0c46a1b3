/** Limits of one request file. Bytes are bytes as written, the line feed of each line included. */
export interface FileLimits {
  readonly maxRequests: number
  readonly maxBytes: number
  /**
   * The most input tokens that one batch may ask the provider to enqueue; null: no such window. A line whose upper figure
   * is above it goes into a file of its own: its true count is only known when it is admitted.
   */
  readonly maxTokens: number | null
}

export interface FileSoFar {
  readonly requests: number
  readonly bytes: number
  readonly tokens: number
}

export interface NextLine {
  readonly bytes: number
  /** An upper figure of its input tokens; not looked at without a token window. */
  readonly tokens: number
}

/**
 * Whether the next line goes into the file at hand (`add`), closes it and starts another (`close`), or fits into no
 * file at all (`oversize`). Lines are never divided, and an empty file never closes.
 */
export function fits(current: FileSoFar, next: NextLine, limits: FileLimits): 'add' | 'close' | 'oversize' {
  if (oversizeReason(next, limits) !== null) return 'oversize'
  if (current.requests + 1 > limits.maxRequests) return 'close'
  if (current.bytes + next.bytes > limits.maxBytes) return 'close'
  if (limits.maxTokens === null || current.requests === 0) return 'add'
  return current.tokens + next.tokens > limits.maxTokens ? 'close' : 'add'
}

/** Why a line fits into no file, in words for the record's report; null when it does fit. */
export function oversizeReason({ bytes }: Pick<NextLine, 'bytes'>, { maxBytes }: FileLimits): string | null {
  return bytes > maxBytes ? `the request is ${count(bytes)} bytes, a file takes ${count(maxBytes)}` : null
}

/** Why a request can never be enqueued by itself, in words for the record's report. */
export function neverEnqueuedReason(tokens: number, limitTokens: number): string {
  return `the request is ${count(tokens)} tokens, at most ${count(limitTokens)} can be enqueued`
}

function count(value: number): string {
  return value.toLocaleString('en-US')
}
