/** In points, of which 72 are an inch. */
export interface PageSize {
  readonly width: number
  readonly height: number
}

/** Text and sizes of the pages of a PDF. */
export interface PageFacts {
  /** Bytes of UTF-8 that their text has at most, with a blank behind each piece that is shown; null: it cannot be read. */
  readonly textBytes: number | null
  /** Every size that one of them has; empty: not known. */
  readonly sizes: readonly PageSize[]
}
