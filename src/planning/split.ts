/** What one request file may hold. Bytes are bytes as written, the line feed of each line included. */
export interface FileLimits {
  readonly maxRequests: number
  readonly maxBytes: number
  /** The most input tokens that one batch may ask the provider to enqueue; null: no such window. */
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
  if (limits.maxTokens !== null && current.tokens + next.tokens > limits.maxTokens) return 'close'
  return 'add'
}

/** Why a line fits into no file, in words for the record's report; null when it does fit. */
export function oversizeReason(next: NextLine, limits: FileLimits): string | null {
  if (next.bytes > limits.maxBytes) {
    return `the request is ${count(next.bytes)} bytes, a file takes ${count(limits.maxBytes)}`
  }
  if (limits.maxTokens !== null && next.tokens > limits.maxTokens) {
    return `the request is ${count(next.tokens)} tokens, at most ${count(limits.maxTokens)} can be enqueued`
  }
  return null
}

function count(value: number): string {
  return value.toLocaleString('en-US')
}
