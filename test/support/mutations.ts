/** Numbers from 0 to 1, the same again for the same seed (mulberry32, public domain). */
export function seededNumbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Lengths and counts that a program may believe. */
const largeNumbers = [0, 1, 0x7f_ff_ff_ff, 0xff_ff_ff_ff, 1_000_000_000, 65_536]

/** The bytes after a few changes: bits, numbers, pieces put in, left out, said twice or moved, an end cut off. */
export function mutated(bytes: Buffer, tokens: readonly Buffer[], random: () => number): Buffer {
  const below = (most: number): number => Math.floor(random() * most)
  let now = Buffer.from(bytes)
  for (let changes = 1 + below(4); changes > 0; changes -= 1) {
    const [at, length] = [below(now.length + 1), below(40)]
    const [before, part, after] = [
      now.subarray(0, at),
      now.subarray(at, at + length),
      now.subarray(at + length),
    ]
    const token = tokens[below(tokens.length)] ?? Buffer.alloc(1)
    switch (below(8)) {
      case 0:
        now = Buffer.concat([before, after])
        break
      case 1:
        now = Buffer.concat([before, part, part, after])
        break
      case 2:
        now = Buffer.concat([before, token, part, after])
        break
      case 3:
        now = Buffer.concat([before, token, now.subarray(at + token.length)])
        break
      case 4:
        if (below(4) === 0) now = Buffer.from(before)
        break
      case 5:
        if (below(3) === 0) now = Buffer.concat([part, after, before])
        break
      case 6:
        if (at + 4 <= now.length) now.writeUInt32LE(largeNumbers[below(largeNumbers.length)] ?? 0, at)
        break
      default:
        if (at < now.length) now[at] = (now[at] ?? 0) ^ (1 << below(8))
    }
  }
  return now
}
