import type { Price } from '../../domain/money.ts'

/** A price as somebody has written it down. */
export interface FoundPrice {
  readonly price: Price
  readonly maxOutputTokens: number | null
  readonly asOf: string | null
  readonly source: string
}
