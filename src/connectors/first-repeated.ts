/** The first name that stands in a list again; undefined when all differ. Tables may have a hundred thousand columns. */
export function firstRepeated(names: readonly string[]): string | undefined {
  const seen = new Set<string>()
  return names.find((name) => {
    const isRepeated = seen.has(name)
    seen.add(name)
    return isRepeated
  })
}
