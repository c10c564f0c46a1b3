import { OffpeakError } from '../../domain/errors.ts'
import type { ReadOptions, SourcePage, SourceRecord } from '../../ports/source.ts'
import { stepsChanged } from '../pipeline/cursor.ts'
import { nullKey } from '../record.ts'

/** Where a reading stands: the last key, how many rows without a key were told, and how many rows in all. */
export interface KeyPosition {
  readonly after: readonly string[] | null
  readonly nulls: number
  readonly taken: number
}

/** A reading on its way through the rows of a query: where it stands, and whether the key at hand was just met. */
export class KeyWalk {
  readonly #inKeyOrder: boolean
  #position: KeyPosition
  #lastKey: string | null
  #repeats = 0

  constructor(start: KeyPosition, { order }: Pick<ReadOptions, 'order'>, lastKey: string | null = null) {
    this.#position = start
    this.#inKeyOrder = order === 'key'
    this.#lastKey = lastKey
  }

  get position(): KeyPosition {
    return this.#position
  }

  /** Takes a row without a key; how many of these there were by now. */
  passNull(): number {
    const { after, nulls, taken } = this.#position
    this.#position = { after, nulls: nulls + 1, taken: taken + 1 }
    return nulls + 1
  }

  /** Takes a row with a key, which is also `text`; how many rows with the same key lie right before it. */
  pass(parts: readonly string[], text: string): number {
    const { nulls, taken } = this.#position
    this.#position = { after: parts, nulls, taken: taken + 1 }
    this.#repeats = this.#inKeyOrder && text === this.#lastKey ? this.#repeats + 1 : 0
    this.#lastKey = text
    return this.#repeats
  }

  /** The page of the rows without a key that are left of `nulls`, `most` of them; null: there are none. */
  nullsLeft<Row>(
    nulls: number,
    most: number,
    key: readonly string[],
    mark: string | null,
  ): SourcePage<Row> | null {
    const records: SourceRecord<Row>[] = []
    const positions: KeyPosition[] = []
    while (this.#position.nulls < nulls && records.length < most) {
      records.push(nullKey(this.passNull(), key))
      positions.push(this.#position)
    }
    return records.length === 0 ? null : pageOf(records, positions, mark)
  }
}

/** Where a reading begins, by the cursor of the one before it. */
export function startAt({ after, order }: Pick<ReadOptions, 'after' | 'order'>): KeyPosition {
  if (after === null) return { after: null, nulls: 0, taken: 0 }
  if (order === 'given') throw new OffpeakError('E_BUG', 'A reading in the given order cannot be resumed')
  if (!after.startsWith('[') || after.includes('\n')) throw stepsChanged()
  const parsed: unknown = JSON.parse(after)
  if (!Array.isArray(parsed)) throw new OffpeakError('E_BUG', `Not a cursor of this source: ${after}`)
  const [taken, nulls, ...parts] = parsed.map(String)
  return { after: parts.length === 0 ? null : parts, nulls: Number(nulls), taken: Number(taken) }
}

/** A page of records, each with the place behind it as its cursor. */
export function pageOf<Row>(
  records: readonly SourceRecord<Row>[],
  positions: readonly KeyPosition[],
  mark: string | null,
): SourcePage<Row> {
  return {
    records,
    mark,
    cursorAt(index) {
      const position = positions[index]
      if (!position)
        throw new OffpeakError('E_BUG', `A page of ${records.length} records has no record ${index}`)
      return JSON.stringify([position.taken, position.nulls, ...(position.after ?? [])])
    },
  }
}
