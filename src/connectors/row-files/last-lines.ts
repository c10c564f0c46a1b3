import { hash } from 'node:crypto'

const firstSlots = 1024
/** Of a SHA-1 in hex: 52 bits, which a number holds exactly. */
const digits = 13

/**
 * The last line of a file for each key, as hashes: 16 to 32 bytes a key, at any size of the lines. It tells a line that
 * is there already from one that says something new.
 */
export class LastLines {
  /** Pairs of a key's hash and its line's; a key of 0 is a free slot. */
  #slots = new Float64Array(2 * firstSlots)
  #size = 0

  /** Whether this is, word for word, what the file says last of the key. */
  isLast(key: string, text: string): boolean {
    return this.#slots[this.#slotOf(this.#slots, hashOf(key)) + 1] === hashOf(text)
  }

  note(key: string, text: string): void {
    const keyHash = hashOf(key)
    const slot = this.#slotOf(this.#slots, keyHash)
    if (this.#slots[slot] === 0) this.#size += 1
    this.#slots[slot] = keyHash
    this.#slots[slot + 1] = hashOf(text)
    if (this.#size * 4 > this.#slots.length) this.#grow()
  }

  #grow(): void {
    const grown = new Float64Array(2 * this.#slots.length)
    for (let slot = 0; slot < this.#slots.length; slot += 2) {
      const keyHash = this.#slots[slot] ?? 0
      if (keyHash === 0) continue
      const to = this.#slotOf(grown, keyHash)
      grown[to] = keyHash
      grown[to + 1] = this.#slots[slot + 1] ?? 0
    }
    this.#slots = grown
  }

  /** Where the key is, or would be. */
  #slotOf(slots: Float64Array, keyHash: number): number {
    const count = slots.length / 2
    let slot = keyHash % count
    while (slots[2 * slot] !== 0 && slots[2 * slot] !== keyHash) slot = (slot + 1) % count
    return 2 * slot
  }
}

function hashOf(text: string): number {
  return Number.parseInt(hash('sha1', text, 'hex').slice(0, digits), 16) + 1
}
