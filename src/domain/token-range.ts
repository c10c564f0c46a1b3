/** How many tokens something has: what is expected, and what it cannot have more than. */
export interface TokenRange {
  readonly likely: number
  readonly most: number
}
