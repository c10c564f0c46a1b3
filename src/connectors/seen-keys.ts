import type { RepeatedKeys } from '../ports/source.ts'

/** Number of keys that are told apart; with eight bytes each, and twice the room, that is 64 MB at most. */
export const mostKeys = 4_000_000
const firstRoom = 1 << 12

/**
 * A counter of keys that came before, in memory that has a bound: of each key 64 bits of a hash are kept, so that two
 * keys of four million are taken for one once in two million times.
 */
export class SeenKeys {
  /** Pairs of the two halves of a hash; two zeros: free. */
  #slots = new Uint32Array(2 * firstRoom)
  #distinct = 0
  #records = 0
  #repeated = 0
  #example: string | null = null
  #isFull = false
  readonly #most: number

  constructor(most = mostKeys) {
    this.#most = most
  }

  /** False: there is no more room, and the key was not counted. */
  add(key: string): boolean {
    if (this.#distinct >= this.#most) {
      this.#isFull = true
      return false
    }
    this.#records += 1
    const [high, low] = hashOf(key)
    if (!this.#insert(high, low)) {
      this.#repeated += 1
      this.#example ??= key
    } else if (this.#distinct * 4 > this.#slots.length) this.#grow()
    return true
  }

  get result(): RepeatedKeys {
    const counted = { records: this.#repeated, of: this.#records, example: this.#example }
    return this.#isFull ? { ...counted, hasMore: true } : counted
  }

  #insert(high: number, low: number): boolean {
    const mask = this.#slots.length / 2 - 1
    for (let at = low & mask; ; at = (at + 1) & mask) {
      const [h, l] = [this.#slots[2 * at], this.#slots[2 * at + 1]]
      if (h === high && l === low) return false
      if (h !== 0 || l !== 0) continue
      this.#slots[2 * at] = high
      this.#slots[2 * at + 1] = low
      this.#distinct += 1
      return true
    }
  }

  #grow(): void {
    const old = this.#slots
    this.#slots = new Uint32Array(2 * old.length)
    this.#distinct = 0
    for (let at = 0; at < old.length; at += 2) {
      const [high = 0, low = 0] = [old[at], old[at + 1]]
      if (high !== 0 || low !== 0) this.#insert(high, low)
    }
  }
}

/** Two halves of 32 bits, never both zero: multiply and mix by each unit of the text, by two odd numbers. */
function hashOf(text: string): readonly [number, number] {
  let [one, other] = [0x9e3779b9, 0x7f4a7c15 ^ text.length]
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    one = Math.imul(one ^ unit, 0x85ebca6b)
    one ^= one >>> 15
    other = Math.imul(other ^ unit, 0xc2b2ae35)
    other ^= other >>> 13
  }
  const high = Math.imul(one ^ (other >>> 16), 0x27d4eb2f) >>> 0
  const low = (Math.imul(other ^ (one >>> 13), 0x165667b1) ^ high) >>> 0
  return [high, low === 0 && high === 0 ? 1 : low]
}
