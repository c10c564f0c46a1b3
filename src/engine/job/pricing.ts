import type { Price } from '../../domain/money.ts'

/** A price as somebody has written it down. */
export interface FoundPrice {
  readonly price: Price
  /** The most that the model can write, and that it can read and write together; null: nobody has written it down. */
  readonly maxOutputTokens: number | null
  readonly contextTokens: number | null
  readonly asOf: string | null
  readonly source: string
}
