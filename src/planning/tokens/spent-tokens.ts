/** Output tokens of an answer, and the part of them that went into reasoning. */
export interface SpentTokens {
  /** The most that it could have; null: no limit is known. */
  readonly limit: number | null
  /** What was billed; null: not told. */
  readonly outputTokens: number | null
  /** How many of these the model thought with; null: not told. */
  readonly reasoningTokens: number | null
}

/** A service may stop a little before the limit. */
const nearly = 0.9

/**
 * Why an answer is not whole. The same words for the same cause, however many tokens it was in one answer or another:
 * what has gone wrong is counted by them.
 */
export function cutReason(spent: SpentTokens | null): string {
  const { limit = null, outputTokens = null } = spent ?? {}
  if (limit === null) return `cut at the output limit${reasoningWords(spent)}`
  return outputTokens !== null && outputTokens < limit * nearly
    ? `cut, although the output limit of ${limit} tokens was not reached`
    : `cut at the output limit of ${limit} tokens${reasoningWords(spent)}`
}

/** Why an answer without a word is none. */
export function emptyReason(spent: SpentTokens | null): string {
  return `the answer is empty${reasoningWords(spent)}`
}

function reasoningWords(spent: SpentTokens | null): string {
  const { limit = null, outputTokens = null, reasoningTokens = null } = spent ?? {}
  if (outputTokens === null || reasoningTokens === null || outputTokens === 0) return ''
  if (reasoningTokens >= outputTokens)
    return outputTokens === limit ? `; all ${limit} were reasoning` : '; all of its tokens were reasoning'
  return reasoningTokens * 2 >= outputTokens ? '; most of its tokens were reasoning' : ''
}
