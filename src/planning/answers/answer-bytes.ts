const leastBytes = 16 * 1024 * 1024
/** What stands around the text of an answer; a vector of 8,192 numbers in decimal is as long. */
const bytesPerAnswer = 256 * 1024
/** A token with the twenty alternatives that can be asked for, each with its bytes (OpenAI, `top_logprobs`). */
const bytesPerToken = 4_096
/** Replies of the Responses API repeat the instructions and the schema of the request, which may be escaped. */
const repeatsOfRequest = 4
/** More than any model writes at once, where the job names no limit. */
const mostOutputTokens = 262_144

/** Sizes of a batch that are known before its answers are. */
export interface AskedInBatch {
  readonly requests: number
  /** Of the request file; 0 where it is not known. */
  readonly requestBytes: number
  /** The most that one answer can have; null: no bound is known. */
  readonly maxOutputTokens: number | null
}

/** The bytes beyond which a file is not that of the answers to these requests: generous, so that only an endless one meets it. */
export function mostAnswerBytes({ requests, requestBytes, maxOutputTokens }: AskedInBatch): number {
  const perAnswer = bytesPerAnswer + (maxOutputTokens ?? mostOutputTokens) * bytesPerToken
  return Math.max(leastBytes, repeatsOfRequest * requestBytes + requests * perAnswer)
}
