import { hash } from 'node:crypto'

/** Lines known by a hash of eight bytes each: whether one is among them is seldom wrong, and then says that it is. */
export class LineHashes {
  readonly #sorted: BigUint64Array

  private constructor(sorted: BigUint64Array) {
    this.#sorted = sorted
  }

  static of(lines: readonly bigint[]): LineHashes {
    return new LineHashes(BigUint64Array.from(lines).toSorted())
  }

  has(line: bigint): boolean {
    let [from, to] = [0, this.#sorted.length]
    while (from < to) {
      const middle = (from + to) >> 1
      if ((this.#sorted[middle] ?? 0n) < line) from = middle + 1
      else to = middle
    }
    return this.#sorted[from] === line
  }
}

/** The hash that stands for a line. */
export function lineHash(bytes: Uint8Array): bigint {
  return hash('sha256', bytes, 'buffer').readBigUInt64LE(0)
}
