/** A repeatable source of numbers in [0, 1). */
export type Random = () => number

/** Mulberry32: small, fast, good enough for choosing words and order. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** FNV-1a over UTF-16 units. */
export function hashText(text: string, seed = 0): number {
  let value = 0x811c9dc5 ^ seed
  for (let i = 0; i < text.length; i += 1) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  return value >>> 0
}

export function pick<T>(items: readonly T[], random: Random): T | undefined {
  return items[Math.floor(random() * items.length)]
}

export function between(min: number, max: number, random: Random): number {
  return min + Math.floor(random() * (max - min + 1))
}
