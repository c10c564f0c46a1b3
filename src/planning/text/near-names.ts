/** The names that were probably meant, nearest first, at most three. */
export function nearNames(wrong: string, names: readonly string[]): readonly string[] {
  const wanted = wrong.toLowerCase()
  return names
    .map((name) => ({ name, distance: editDistance(wanted, name.toLowerCase()) }))
    .filter(
      ({ name, distance }) =>
        // Of a short word two wrong letters are half.
        distance <= Math.max(wanted.length > 4 ? 2 : 1, wanted.length / 3) ||
        name.toLowerCase().includes(wanted) ||
        // A short name is in many words by chance, and begins few.
        (name.length > 2 ? wanted.includes(name.toLowerCase()) : wanted.startsWith(name.toLowerCase())),
    )
    .toSorted((one, other) => one.distance - other.distance)
    .slice(0, 3)
    .map(({ name }) => name)
}

/** ` Did you mean …?` for a message, or nothing. */
export function didYouMean(wrong: string, names: readonly string[]): string {
  const near = nearNames(wrong, names)
  return near.length === 0 ? '' : ` Did you mean ${near.join(' or ')}?`
}

/** Insertions, deletions, replacements and swaps of neighbours between two words (optimal string alignment). */
export function editDistance(one: string, other: string): number {
  let before: readonly number[] = []
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= other.length; j += 1) {
      const replace = (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1)
      const isSwap = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]
      const swap = isSwap ? (before[j - 2] ?? 0) + 1 : Infinity
      next.push(Math.min(replace, swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    before = row
    row = next
  }
  return row[other.length] ?? 0
}

/** The first name that stands in a list again; undefined when all differ. Tables may have a hundred thousand columns. */
export function firstRepeated(names: readonly string[]): string | undefined {
  const seen = new Set<string>()
  return names.find((name) => {
    const isRepeated = seen.has(name)
    seen.add(name)
    return isRepeated
  })
}
