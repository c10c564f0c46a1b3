/** A run, or one of its variants: what a side of a comparison is called. */
export interface SideParts {
  readonly run: string
  readonly variant: string | null
}

export function partsOf(side: string): SideParts {
  const at = side.indexOf(':')
  return at < 0 ? { run: side, variant: null } : { run: side.slice(0, at), variant: side.slice(at + 1) }
}
