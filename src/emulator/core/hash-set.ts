/** A set of 64-bit hashes, 16 to 32 bytes each at any size: open addressing over two 32-bit halves. */
export interface HashSet {
  /** Adds a hash; true when it was there before. */
  add(high: number, low: number): boolean
  readonly size: number
}

const initialSlots = 1024

/** An empty set of hashes. */
export function makeHashSet(): HashSet {
  let slots = new Uint32Array(initialSlots * 2)
  let size = 0

  const insert = (table: Uint32Array, high: number, low: number): boolean => {
    const mask = table.length / 2 - 1
    let slot = (low ^ Math.imul(high, 0x9e3779b1)) & mask
    while (true) {
      const a = table[slot * 2]
      const b = table[slot * 2 + 1]
      if (a === 0 && b === 0) {
        table[slot * 2] = high
        table[slot * 2 + 1] = low
        return false
      }
      if (a === high && b === low) return true
      slot = (slot + 1) & mask
    }
  }

  const grow = (): void => {
    const bigger = new Uint32Array(slots.length * 2)
    for (let i = 0; i < slots.length; i += 2) {
      const high = slots[i] ?? 0
      const low = slots[i + 1] ?? 0
      if (high !== 0 || low !== 0) insert(bigger, high, low)
    }
    slots = bigger
  }

  return {
    add: (high, low) => {
      // Zero marks a free slot; the one hash that is zero is stored as one.
      const present = insert(slots, high >>> 0, high === 0 && low === 0 ? 1 : low >>> 0)
      if (!present) {
        size += 1
        if (size * 4 > slots.length) grow()
      }
      return present
    },
    get size() {
      return size
    },
  }
}
