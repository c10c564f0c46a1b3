/** Named sums, kept as a JSON object. */
export type Sums = Readonly<Record<string, number>>

/** Named sums from the text of a JSON column; a value that is no number is left out. */
export function parseSums(column: string): Sums {
  const value: unknown = JSON.parse(column)
  if (typeof value !== 'object' || value === null) return {}
  return isSums(value)
    ? value
    : Object.fromEntries(
        Object.entries(value).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
      )
}

function isSums(value: object): value is Sums {
  return Object.values(value).every((entry) => typeof entry === 'number')
}

/** `sums` with `more` added, name by name. */
export function addSums(sums: Sums, more: Sums): Sums {
  const total: Record<string, number> = { ...sums }
  for (const [name, value] of Object.entries(more)) total[name] = (total[name] ?? 0) + value
  return total
}

/** The total of many sums, by name, made in one object. */
export function totalSums(all: Iterable<Sums>): Sums {
  const total: Record<string, number> = {}
  for (const sums of all) for (const name in sums) total[name] = (total[name] ?? 0) + (sums[name] ?? 0)
  return total
}
