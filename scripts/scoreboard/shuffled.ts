/** A whole number from 0 up to, and without, `below`. */
export function below(random: () => number, bound: number): number {
  return Math.floor(random() * bound)
}

/** The same items in another order. */
export function shuffled<Item>(random: () => number, items: readonly Item[]): Item[] {
  const mixed = [...items]
  for (let at = mixed.length - 1; at > 0; at -= 1) {
    const other = below(random, at + 1)
    const [one, two] = [mixed[at], mixed[other]]
    if (one !== undefined && two !== undefined) [mixed[at], mixed[other]] = [two, one]
  }
  return mixed
}
