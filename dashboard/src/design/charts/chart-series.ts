import type { Ink } from './chart-paint.ts'

/** Moments in milliseconds; or things beside each other, with their names. */
export interface ChartX {
  readonly values: readonly number[]
  readonly names?: readonly string[]
}

export interface ChartSeries {
  readonly name: string
  readonly values: readonly (number | null)[]
  readonly ink: Ink
  readonly kind: 'line' | 'area' | 'bars'
  /** Held, and not spent. */
  readonly hatched?: boolean
  /** A plan or a limit, and nothing that happened. */
  readonly dashed?: boolean
}
