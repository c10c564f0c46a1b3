/**
 * Unit in which the input of a request is counted and billed. `page`: pages of documents, whatever stands on them; an
 * image is one. Wherever input tokens are spoken of, a model that is billed by pages has its pages there.
 */
export type InputUnit = 'token' | 'page'

/**
 * How the tokens of a text are known without asking whoever bills them: by a table of tokens, exactly or as a multiple.
 * `least` and `most` are stated bounds, `likely` is the usual one.
 */
export interface TokenRule {
  /** Tokens when left out. */
  readonly unit?: InputUnit
  readonly encoding: 'o200k_base' | 'cl100k_base'
  readonly least: number
  readonly likely: number
  readonly most: number
}

/** The rule of a model that is billed by pages: its texts count for nothing. */
export const byPages: TokenRule = { unit: 'page', encoding: 'o200k_base', least: 0, likely: 0, most: 0 }

/** The rule of a model whose own table this is. */
export function exactly(encoding: TokenRule['encoding']): TokenRule {
  return { encoding, least: 1, likely: 1, most: 1 }
}

/** How many tokens something has: what is expected, and what it cannot have more than. */
export interface TokenRange {
  readonly likely: number
  readonly most: number
}
